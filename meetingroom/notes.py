"""The notes of one part of the meeting: blocks of the plan's draft in one form, each with its own lock (PLA-5)."""

from dataclasses import dataclass

from django.http import QueryDict

from cases import topics
from plans import clash, services
from plans.blocks import BLOCKS, Block
from plans.forms import BlockForm, kept
from plans.language import FIELDS
from plans.models import Plan
from plans.parties import Choices
from plans.rules import digest
from plans.services import TOPICS_OF

# Where what is said in each part of the circle belongs in the plan.
BLOCKS_OF = {
    1: (),
    2: ("viktigt", "fungerar", "nulage"),
    3: ("huvudmal", "andra", "mar-bra", "samre", "akut"),
    4: ("asikt",),
    5: ("uppfoljning", "ansvar", "kopior"),
}
# What the save builds on stands once in each block's form, under the block's own name, as does the choice of a clash.
HIDDEN = ("revision", "seen")


@dataclass
class Note:
    """One block with its form; `was` is a mark of what the page was opened on, so that what is untouched is left."""

    block: Block
    form: BlockForm
    was: str
    saved: Plan | None = None

    @property
    def apart(self) -> str:
        """What stands before the names that every block has."""
        return f"{self.block.name}-"

    @property
    def mark(self) -> str:
        said = self.form.to_save()
        return digest(said["values"] | {TOPICS_OF.format(key): mask for key, mask in said["topics"].items()})

    @property
    def to_save(self) -> bool:
        return self.form.is_bound and self.form.is_valid() and self.mark != self.was

    @property
    def failed(self) -> bool:
        return self.form.is_bound and not self.form.is_valid()

    def renewed(self) -> dict:
        """What the next save builds on, by the names of the page; of what was not saved that is as before."""
        if self.saved is None:
            return {}
        return self.named(**self.form.renewed(self.saved), was=self.mark)

    def after_choice(self) -> dict:
        """The same once both texts are on the page: the next save knows of the other's."""
        return self.named(**{name: self.form.data[name] for name in HIDDEN}, was=self.was)

    def named(self, **hidden) -> dict:
        return {self.apart + name: value for name, value in hidden.items()}


class Notes:
    """The notes of a part, as a page shows and saves them."""

    def __init__(self, case, plan, part: int, data=None):
        self.case, self.part = case, part
        # Somebody chose another's text instead of the own one.
        self.gave_way = False
        self.fill(plan, data)

    def fill(self, plan, data=None) -> None:
        self.plan = plan
        known = topics.active()
        blocks = [BLOCKS[name] for name in BLOCKS_OF[self.part]]
        self.items = [self.note(block, known, data) for block in blocks if not block.is_hidden(plan)]

    def note(self, block: Block, known, data) -> Note:
        choices = Choices(self.case) if block.name == "ansvar" else None
        form = block.form(self.own(block, data), plan=self.plan, choices=choices, topics=known)
        form.auto_id = f"{block.name}-%s"
        names = [*form.columns, *map(TOPICS_OF.format, form.rows)]
        stands = digest(services.standing(self.plan, form.rows, names))
        return Note(block, form, data.get(f"{block.name}-was", "") if form.is_bound else stands)

    def own(self, block: Block, data) -> QueryDict | None:
        """What was typed in this block, as the block's own form reads it; nothing when another's text was chosen."""
        if data is None:
            return None
        apart, own = f"{block.name}-", QueryDict(mutable=True)
        mine = {*block.form.base_fields, *map(TOPICS_OF.format, block.texts)} - {*HIDDEN}
        for name in data:
            if name in mine:
                own.setlist(name, data.getlist(name))
            elif name.startswith(apart) and name != f"{apart}was":
                own.setlist(name.removeprefix(apart), data.getlist(name))
        if clash.theirs_chosen(own):
            self.gave_way = True
            return None
        return clash.chosen(own)

    def save(self, *, by, by_itself: bool = False) -> bool:
        """Save what was touched, each block by itself; whether all of it was saved."""
        for note in self.items:
            if note.to_save:
                with kept(note.form):
                    note.saved = services.save_block(plan=self.plan, by=by, by_itself=by_itself, **note.form.to_save())
        return self.bad is None

    def again(self) -> None:
        """What is shown after a save: what was not saved as it was typed, the rest as it stands in the plan now."""
        failed = {note.block.name: note for note in self.items if note.failed}
        self.fill(services.draft_of(self.case))
        for at, note in enumerate(self.items):
            if own := failed.get(note.block.name):
                # After a choice between two texts the next save is compared with the other's.
                own.was = note.was if own.form.both else own.was
                self.items[at] = own

    def on_what_stands(self, name: str) -> BlockForm:
        """The forms after a save build on what was saved; the form of the block `name`, to say what it lacks."""
        for note in self.items:
            note.form.renew(**{hidden: note.form.initial[hidden] for hidden in HIDDEN})
            note.was = note.mark if note.form.is_valid() else note.was
        return next(note.form for note in self.items if note.block.name == name)

    @property
    def bad(self) -> BlockForm | None:
        """The first form that was not saved."""
        return next((note.form for note in self.items if note.failed), None)

    def checked(self, reader) -> dict[str, list]:
        """Field → language hints, for the texts as they stand on the page (PLA-1)."""
        found = [reader.form(note.form) for note in self.items]
        return {name: hints for of_block in found for name, hints in of_block.items() if name in FIELDS}
