"""What the drawing leaves undone of PDF/UA: table headings that say what they head, and footers that are no content.

Runs in the drawing process, so it knows nothing but the file.
"""

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, String

FOOTER = [Name.Artifact, Dictionary(Type=Name.Pagination)]


def finish(pdf: bytes) -> bytes:
    """The same document with scopes, a list of the headings' ids, footers set apart and links that are printed."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        tree = document.Root.StructTreeRoot
        found, ids = set(), []
        for element, in_head in elements(tree.K):
            found.add(element.objgen)
            if element.get("/S") == Name.TH:
                add_scope(element, in_head)
            if "/ID" in element:
                ids.append((bytes(element.ID), element))
        if ids:
            ids.sort(key=lambda pair: pair[0])
            tree.IDTree = Dictionary(Names=Array([part for name, element in ids for part in (String(name), element)]))
        parents = parents_of(tree)
        for page in document.pages:
            set_footers_apart(document, page, parents[int(page.StructParents)], found)
            for note in page.get("/Annots", []):
                # Bit 3: annotations are printed.
                note.F = int(note.get("/F", 0)) | 4
        out = io.BytesIO()
        document.save(out, deterministic_id=True)
        return out.getvalue()


def elements(kids, in_head: bool = False):
    """Every element of the structure tree, and whether it lies in a table's head."""
    if isinstance(kids, Array):
        for kid in kids:
            yield from elements(kid, in_head)
    elif isinstance(kids, Dictionary) and "/S" in kids:
        in_head = in_head or kids.S == Name.THead
        yield kids, in_head
        yield from elements(kids.get("/K"), in_head)


def add_scope(heading, in_head: bool) -> None:
    """Say whether a table heading heads a column or a row."""
    if not isinstance(heading.get("/A"), Dictionary):
        heading.A = Dictionary(O=Name.Table)
    if "/Scope" not in heading.A:
        heading.A.Scope = Name.Column if in_head else Name.Row


def parents_of(tree) -> dict[int, Array]:
    """For each page's number the elements that its marked pieces belong to."""
    numbers = list(tree.ParentTree.Nums)
    return {int(number): of for number, of in zip(numbers[::2], numbers[1::2], strict=True)}


def set_footers_apart(document, page, parents, found) -> None:
    """Mark what belongs to no element of the tree, the running footer, as an artifact instead of as content."""
    loose = {number for number, element in enumerate(parents) if element.objgen not in found}
    if not loose:
        return
    drawn = []
    for operands, operator in pikepdf.parse_content_stream(page):
        if operator == Operator("BDC") and int(operands[1].get("/MCID", -1)) in loose:
            drawn.append((FOOTER, operator))
        else:
            drawn.append((operands, operator))
    page.Contents = document.make_stream(pikepdf.unparse_content_stream(drawn))
    for number in loose:
        parents[number] = None
