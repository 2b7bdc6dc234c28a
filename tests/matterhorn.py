"""What a machine can see of PDF/UA-1 beyond the checker package, by the Matterhorn protocol.

Each failure is one sentence that begins with the number of the checkpoint.
"""

import io
from collections import Counter

import pikepdf
from pikepdf import Array, Dictionary, Name

PAINTS = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "INLINE IMAGE"}
STANDARD = {
    "Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "NonStruct", "P", "H1", "H2", "H3", "H4", "H5",
    "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead", "TBody", "TFoot", "Span", "Link", "Figure",
    "Form",
}  # fmt: skip
# What may lie in what: the children of an element, and the parent that an element must have.
HOLDS = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"}, "THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"},
    "TR": {"TH", "TD"}, "L": {"LI", "Caption", "L"}, "LI": {"Lbl", "LBody"},
}  # fmt: skip
LIES_IN = {
    "TR": {"Table", "THead", "TBody", "TFoot"}, "THead": {"Table"}, "TBody": {"Table"}, "TFoot": {"Table"},
    "TH": {"TR"}, "TD": {"TR"}, "LI": {"L"}, "Lbl": {"LI"}, "LBody": {"LI"},
}  # fmt: skip
HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


def problems(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        tree = document.Root.StructTreeRoot
        found = list(walk(tree.K, "StructTreeRoot"))
        return [
            line
            for check in (catalogue, kinds, headings, tables, figures, notes, outline, fonts, content)
            for line in check(document, tree, found)
        ]


def walk(kids, parent: str):
    """Each element of the tree in the order of reading, with the kind of its parent."""
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            kind = str(kid.S)[1:]
            yield kid, kind, parent
            yield from walk(kid.get("/K"), kind)


def below(element) -> list:
    return [kid for kid, _kind, _parent in walk(element.get("/K"), "")]


def catalogue(document, tree, found):
    root = document.Root
    if not str(root.get("/Lang", "")):
        yield "11-006 the document has no language"
    if bool(root.get("/MarkInfo", {}).get("/Suspects", False)):
        yield "02-004 the tags are said to be suspect"
    with document.open_metadata() as meta:
        if not meta.get("dc:title"):
            yield "06-003 no title"
        if meta.get("pdfuaid:part") != "1":
            yield "06-002 does not say that it is PDF/UA-1"
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "07-001 the title is not shown"
    if document.is_encrypted:
        yield "26-001 encrypted"
    for key in ("/AcroForm", "/AA", "/OpenAction"):
        if key in root:
            yield f"25-001 the catalogue has {key}"


def kinds(document, tree, found):
    for element, kind, parent in found:
        if kind not in STANDARD:
            yield f"02-001 {kind} is no standard kind"
        if kind in LIES_IN and parent not in LIES_IN[kind]:
            yield f"09-004 {kind} in {parent}"
        if parent in HOLDS and kind not in HOLDS[parent]:
            yield f"09-004 {parent} holds {kind}"
        if "/P" not in element:
            yield f"09-001 {kind} does not know its parent"
        if kind in ("Table", "L", "TR") and not below(element):
            yield f"09-004 {kind} is empty"


def headings(document, tree, found):
    """14-002, 14-003: the first is of the first level, and none is skipped on the way down."""
    before = 0
    for element, kind, _parent in found:
        if kind in HEADINGS:
            level = int(kind[1])
            if level > before + 1:
                yield f"14-003 {kind} after level {before}"
            before = level
            if not below(element):
                yield f"14-007 {kind} is empty"
    if before == 0:
        yield "14-002 no heading"


def tables(document, tree, found):
    """15-003 to 15-005: as many cells in each row, and every cell has a heading that can be found."""
    names = list(tree.IDTree.Names) if "/IDTree" in tree else []
    known = {bytes(name) for name in names[::2]}
    if [bytes(name) for name in names[::2]] != sorted(known):
        yield "15-003 the ids are not in order, or not unique"
    for table, kind, _parent in found:
        if kind != "Table":
            continue
        inside = list(walk(table.get("/K"), "Table"))
        rows = [[(e, k) for e, k, _p in walk(row.K, "TR") if k in ("TH", "TD")] for row, k, _p in inside if k == "TR"]
        if len({sum(int(cell.get("/A", {}).get("/ColSpan", 1)) for cell, _k in row) for row in rows}) > 1:
            yield f"15-004 rows of {[len(row) for row in rows]} cells"
        if sum(k == "THead" for _e, k, _p in inside) > 1:
            yield "09-004 a table with two heads"
        for row in rows:
            for cell, what in row:
                said = cell.get("/A", {})
                if what == "TH" and said.get("/Scope") not in (Name.Column, Name.Row, Name.Both):
                    yield "15-003 a heading that heads nothing"
                if what == "TH" and bytes(cell.get("/ID", b"")) not in known:
                    yield "15-003 a heading that is not in the list of ids"
                if what == "TD" and (
                    not len(said.get("/Headers", [])) or not {bytes(h) for h in said.Headers} <= known
                ):
                    yield "15-003 a cell without a heading"


def figures(document, tree, found):
    for element, kind, _parent in found:
        if kind == "Figure" and not str(element.get("/Alt", "")).strip():
            yield "13-004 a figure that says nothing"
        if kind == "Figure" and "/BBox" not in element.get("/A", {}):
            yield "13-004 a figure without a place"


def notes(document, tree, found):
    """28-002 to 28-011: links are in the tree, have words, are printed, and the page says the order of the tab key."""
    numbers = list(tree.ParentTree.Nums)
    parents = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}
    links = {
        kid.Obj.objgen
        for element, kind, _parent in found
        if kind == "Link"
        for kid in element.K
        if isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR
    }
    for number, page in enumerate(document.pages, start=1):
        if page.get("/Tabs") != Name.S:
            yield f"28-008 page {number} does not say the order of the tab key"
        for note in page.get("/Annots", []):
            if note.get("/Subtype") != Name.Link or note.objgen not in links:
                yield "28-011 a note outside of a link"
            if not str(note.get("/Contents", "")):
                yield "28-012 a link without words"
            if int(note.get("/F", 0)) & 4 == 0 or int(note.get("/F", 0)) & 2:
                yield "28-002 a link that is hidden or not printed"
            owner = parents.get(int(note.get("/StructParent", -1)))
            if owner is None or owner.get("/S") != Name.Link:
                yield "28-011 a link that its number does not lead from"


def outline(document, tree, found):
    """Bookmarks for every heading: not the law's, but what a reader of a long paper moves by."""
    with document.open_outline() as bookmarks:
        count = len(list(every(bookmarks.root)))
    asked = sum(kind in HEADINGS for _element, kind, _parent in found)
    if count != asked:
        yield f"bookmarks: {count} for {asked} headings"


def every(items):
    for item in items:
        yield item
        yield from every(item.children)


def fonts(document, tree, found):
    for font in [one for one in document.objects if isinstance(one, Dictionary) and one.get("/Type") == Name.Font]:
        if font.get("/Subtype") == Name.Type0:
            if "/ToUnicode" not in font:
                yield "10-001 letters without a meaning"
            else:
                yield from meanings(bytes(font.ToUnicode.read_bytes()).decode("latin-1"))
            for part in font.DescendantFonts:
                if not any(f"/FontFile{number}" in part.FontDescriptor for number in ("", "2", "3")):
                    yield "31-009 a font that is not in the file"
                if part.Subtype == Name.CIDFontType2 and part.get("/CIDToGIDMap") is None:
                    yield "31-004 a font without a map"
        elif font.get("/Subtype") not in (Name.CIDFontType0, Name.CIDFontType2):
            yield f"31-009 a font of the kind {font.get('/Subtype')}"


def meanings(table: str):
    for line in table.splitlines():
        last = line.rpartition("<")[2].rstrip("> ").lower()
        if line.startswith("<") and line.count("<") > 1 and last in ("0000", "feff", "fffe"):
            yield f"31-027 a letter that means {last}"


def content(document, tree, found):
    """01-001 to 01-006: all that is painted is content of one element in the tree, or set apart as no content."""
    numbers = list(tree.ParentTree.Nums)
    parents = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}
    inside = {element.objgen for element, _kind, _parent in found}
    owned = Counter(
        (element.Pg.objgen, int(kid))
        for element, _kind, _parent in found
        if "/K" in element
        for kid in (element.K if isinstance(element.K, Array) else [element.K])
        if not isinstance(kid, Dictionary)
    )
    for number, page in enumerate(document.pages, start=1):
        if int(page.get("/StructParents", -1)) not in parents:
            yield f"01-005 page {number} is not in the tree"
            continue
        row, used, open_ones = parents[int(page.StructParents)], Counter(), []
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BDC", "BMC"):
                said = operands[1] if name == "BDC" else {}
                mark = "no content" if operands[0] == Name.Artifact else said.get("/MCID")
                if mark == "no content" and any(isinstance(one, int) for one in open_ones):
                    yield f"01-003 page {number}: what is no content lies in content"
                if mark not in (None, "no content"):
                    if "no content" in open_ones:
                        yield f"01-004 page {number}: content lies in what is no content"
                    mark = int(mark)
                    used[mark] += 1
                open_ones.append(mark)
            elif name == "EMC":
                open_ones.pop()
            elif name in PAINTS and not any(one is not None for one in open_ones):
                yield f"01-005 page {number}: {name} is neither content nor set apart"
        for mark, times in used.items():
            owner = row[mark] if mark < len(row) else None
            if times > 1:
                yield f"01-006 page {number}: piece {mark} stands {times} times"
            if owner is None or owner.objgen not in inside:
                yield f"01-005 page {number}: piece {mark} belongs to nothing in the tree"
            elif owned[(page.objgen, mark)] != 1:
                yield f"01-006 page {number}: piece {mark} is claimed {owned[(page.objgen, mark)]} times"
        for page_id, mark in owned:
            if page_id == page.objgen and mark not in used:
                yield f"01-006 page {number}: the tree has piece {mark}, the page has not"
