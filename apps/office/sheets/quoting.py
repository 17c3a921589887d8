"""Problems quote what stands in the cell, not what was made of it."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from ..workbooks.tables import FoundTable
from .copytext import line
from .declaration import Sheet
from .staging import shown


def quote_cells(cursor: CursorWrapper, sheet: Sheet, table: FoundTable) -> None:
    """Give each problem the text of its cell in `table`; sealed ones stay as they are said."""
    cursor.execute('SELECT "row", array_agg(DISTINCT "column") FROM problem GROUP BY "row"')
    wrong = dict(cursor.fetchall())
    if not wrong:
        return
    cursor.execute("DROP TABLE IF EXISTS pg_temp.quoted")
    cursor.execute('CREATE TEMP TABLE quoted ("row" int, "column" text, value text) ON COMMIT DROP')
    places = {name: at for name, at in table.columns.items() if not sheet.by_name[name].sealed}
    with cursor.copy("COPY quoted FROM STDIN") as copy:
        for number, cells in table.rows():
            for name in wrong.get(number, ()):
                if name in places:
                    copy.write(line((number, name, shown(cells, places[name]))))
    cursor.execute(
        "UPDATE problem p SET value = q.value FROM quoted q "
        'WHERE q."row" = p."row" AND q."column" = p."column"'
    )
