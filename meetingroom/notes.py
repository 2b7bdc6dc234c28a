"""The notes of one part of the meeting: blocks of the plan's draft in one form, each with its own lock (PLA-5)."""

from dataclasses import dataclass

from cases import topics
from plans import services
from plans.blocks import BLOCKS, Block
from plans.forms import BlockForm, kept
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
# These stand once in each block's form, under the block's own name.
OWN = ("revision", "seen")


@dataclass
class Note:
    """One block with its form; `was` is a mark of what the page was opened on, so that what is untouched is left."""

    block: Block
    form: BlockForm
    was: str

    @property
    def touched(self) -> bool:
        said = self.form.to_save()
        values = said["values"] | {TOPICS_OF.format(key): mask for key, mask in said["topics"].items()}
        return digest(values) != self.form.data.get(f"{self.block.name}-was", "")

    @property
    def failed(self) -> bool:
        return self.form.is_bound and not self.form.is_valid()


class Notes:
    """The notes of a part, as a page shows and saves them."""

    def __init__(self, case, plan, part: int, data=None):
        self.case, self.part = case, part
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
        return Note(block, form, digest(services.standing(self.plan, form.rows, names)))

    def own(self, block: Block, data):
        """What was typed in this block, as the block's own form reads it."""
        if data is None:
            return None
        own = data.copy()
        for name in OWN:
            own[name] = data.get(f"{block.name}-{name}", "")
        return own

    def save(self, *, by) -> bool:
        """Save what was touched, each block by itself; whether all of it was saved."""
        if not all([note.form.is_valid() for note in self.items]):
            return False
        for note in self.items:
            if note.touched:
                with kept(note.form):
                    services.save_block(plan=self.plan, by=by, **note.form.to_save())
        if self.bad is None:
            return True
        failed = {note.block.name: note for note in self.items if note.failed}
        self.fill(services.draft_of(self.case))
        self.items = [failed.get(note.block.name, note) for note in self.items]
        return False

    def on_what_stands(self, name: str) -> BlockForm:
        """The forms after a save build on what was saved; the form of the block `name`, to say what it lacks."""
        for note in self.items:
            note.form.renew(**{own: note.form.initial[own] for own in OWN})
        return next(note.form for note in self.items if note.block.name == name)

    @property
    def bad(self) -> BlockForm | None:
        """The first form that was not saved."""
        return next((note.form for note in self.items if note.failed), None)
