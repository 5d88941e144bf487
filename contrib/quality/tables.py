"""Text for people: aligned tables and numbers."""


def percent(part, whole=1):
    return f"{100 * part / whole:.2f} %" if whole else "-"


def number(count):
    """1,234; nothing for zero, so that a table's few figures stand out."""
    return f"{count:,}" if count else "."


def table(head, rows, left=1, indent="  "):
    """Lines of a table. The first `left` columns are text, the others numbers, set to the right. A
    row of one cell is a heading between the rows."""
    widths = [max(len(row[column]) for row in [head, *rows] if len(row) > 1)
              for column in range(len(head))]

    def line(row):
        cells = (cell.ljust(width) if column < left else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths)))
        return (indent + "  ".join(cells)).rstrip()

    return [line(head), *(line(row) if len(row) > 1 else indent + row[0] for row in rows)]


def hits(message):
    """The rules that hit, the heaviest first."""
    ordered = sorted(message.hits.items(), key=lambda hit: (-hit[1], hit[0]))
    return ", ".join(f"{name} {score:.2f}" for name, score in ordered) or "no rule"
