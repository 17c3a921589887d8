"""Parameters of statements written by hand."""

from decimal import Decimal

from apps.core.statements import array, fetched


def test_array_gives_back_what_it_was_given(db: None) -> None:
    texts = ["F01", "", "NULL", 'a "b" \\ c', "{甲, 乙}", None]
    numbers = [1, None, Decimal("2.50"), -3]
    rows = fetched(
        "SELECT %(texts)s::text[], %(numbers)s::numeric[], %(none)s::int[]",
        texts=array(texts),
        numbers=array(numbers),
        none=array([]),
    )
    assert rows == [(texts, numbers, [])]
