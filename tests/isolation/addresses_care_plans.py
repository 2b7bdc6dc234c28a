"""The addresses of a samordnad vårdplan."""

from tests.isolation.atlas import Atlas, Target


def of_care_plans(atlas: Atlas) -> list[Target]:
    """The owner's unit is named in it; the maker is not in the cast."""
    plan, name = {"pk": atlas.care_plan}, "discharge:"
    handlers = {who: (404,) for who in ("party", "same_kommun", "outsider")}
    others = handlers | {"reception": (404,)}
    clash = {"instead": handlers, "method": "post", "allowed": (409,)}
    return [
        Target(name + "plan", plan, instead=others),
        *(Target(name + page, plan, instead=handlers) for page in ("plan_edit", "plan_unit", "plan_measure")),
        *(Target(name + page, plan, instead=others) for page in ("plan_pdf", "plan_download")),
        Target(name + "plan_reveal", plan, "post", instead=others),
        Target(name + "plan_unmeasure", plan | {"number": atlas.ids["plan_measure"]}, **clash),
        Target(name + "plan_adjust", plan, **clash),
        Target(name + "plan_end", plan, **clash),
    ]
