"""Changing an XML text by its elements.

1. Elements are found as a parser finds them: comments, CDATA, prefixes and `>` in attributes do not mislead.
2. What is not changed keeps its bytes.
3. A child is put where the schema wants it.
4. What cannot be changed safely is refused.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tjxl.errors import PackageError
from tjxl.ooxml.outline import Outline, attribute_text

XML = (
    '<?xml version="1.0"?>\n<x:a xmlns:x="u" xmlns:r="rr"><!-- <x:b/> --><x:b q="1&gt;>" r:id="k"/>'
    "<x:c ><![CDATA[<x:d/>]]>中<x:d/></x:c ><x:e></x:e></x:a>"
).encode()
ORDER = ("b", "c", "d", "e", "f")


def test_elements_and_what_they_say() -> None:
    outline = Outline(XML)
    assert [e.name for e in outline.root.walk()] == ["a", "b", "c", "d", "e"]
    b, c, e = outline.root.children
    assert (b.prefix, b.attributes) == ("x:", {"q": "1>>", "{rr}id": "k"})
    assert (outline.text_of(b), c.text) == (b'<x:b q="1&gt;>" r:id="k"/>', "<x:d/>中")
    assert outline.xml[e.inside : e.end] == b"</x:e>"


def test_no_change_is_no_change() -> None:
    assert Outline(XML).done() == XML
    assert not Outline(XML).changed


def test_changes_leave_the_rest_alone() -> None:
    outline = Outline(XML)
    b, c, e = outline.root.children
    outline.set_attribute(b, "q", 'a"<')
    outline.set_attribute(b, "new", "1")
    outline.remove(c)
    outline.append(b, b"<i/>")
    outline.append(e, b"<j/>")
    assert outline.done() == (
        b'<?xml version="1.0"?>\n<x:a xmlns:x="u" xmlns:r="rr"><!-- <x:b/> -->'
        b'<x:b q="a&quot;&lt;" r:id="k" new="1"><i/></x:b><x:e><j/></x:e></x:a>'
    )


def test_an_attribute_is_taken_out() -> None:
    outline = Outline(XML)
    outline.set_attribute(outline.root.children[0], "q", None)
    outline.set_attribute(outline.root.children[0], "unknown", None)
    assert b'<x:b r:id="k"/>' in outline.done()


@pytest.mark.parametrize(
    ("name", "first", "order"),
    [
        ("b", False, ["b", "N", "c", "e"]),
        ("b", True, ["N", "b", "c", "e"]),
        ("d", False, ["b", "c", "N", "e"]),
        ("f", False, ["b", "c", "e", "N"]),
        ("e", True, ["b", "c", "N", "e"]),
    ],
)
def test_a_child_goes_where_the_schema_wants_it(name: str, first: bool, order: list[str]) -> None:
    outline = Outline(XML)
    outline.insert(outline.root, name, ORDER, b"<N/>", first=first)
    assert [e.name for e in Outline(outline.done()).root.children] == order


def test_a_child_of_an_empty_element() -> None:
    outline = Outline(b"\xef\xbb\xbf<a/>")
    outline.insert(outline.root, "b", ORDER, b"<b/>")
    assert outline.done() == b"\xef\xbb\xbf<a><b/></a>"


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"<a><b></a>", "E303"),
        (b"", "E303"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "E303"),
        ('<?xml version="1.0" encoding="GB2312"?><a>中</a>'.encode("gb2312"), "E305"),
        ("<a/>".encode("utf-16"), "E305"),
    ],
)
def test_what_is_refused(xml: bytes, code: str) -> None:
    with pytest.raises(PackageError) as error:
        Outline(xml)
    assert error.value.code == code


def test_changes_of_one_place_are_refused() -> None:
    outline = Outline(XML)
    outline.remove(outline.root.children[1])
    outline.remove(outline.root.children[1].children[0])
    with pytest.raises(PackageError):
        outline.done()


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_an_attribute_says_what_was_put_in(text: str) -> None:
    outline = Outline(b'<a b="1"/>')
    outline.set_attribute(outline.root, "b", text)
    kept = "".join(c for c in text if c in "\t\n\r" or (ord(c) >= 32 and ord(c) not in (0xFFFE, 0xFFFF)))
    assert etree.fromstring(outline.done()).get("b") == kept
    assert "<" not in attribute_text(text)
