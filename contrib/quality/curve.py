"""The curve of caught mail against false alarms, as one self-contained SVG picture."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 500
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 56, 60
LOWEST = 0.0002  # the axis of false rates is logarithmic; what is below stands at its end

STYLE = """
  text { font: 13px sans-serif; fill: #333 }
  .title { font-size: 17px; font-weight: bold }
  .grid { stroke: #ddd } .frame { fill: none; stroke: #999 }
  .curve { fill: none; stroke: #0b62a4; stroke-width: 2.5 }
  .before { fill: none; stroke: #999; stroke-width: 2; stroke-dasharray: 5 4 }
  .threshold { fill: #c0392b } 
  .legend { font-size: 12px; paint-order: stroke; stroke: #fff; stroke-width: 4px }
"""


def _x(false_rate):
    share = math.log(max(false_rate, LOWEST) / LOWEST) / math.log(1 / LOWEST)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(caught):
    return HEIGHT - BOTTOM - caught * (HEIGHT - TOP - BOTTOM)


def _text(x, y, text, anchor="start", name=""):
    attribute = f' class="{name}"' if name else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{attribute}>{escape(text)}</text>'


def _steps(points, name):
    """Between two thresholds nothing lies, so the curve goes in steps."""
    path = f"M{_x(0):.1f},{_y(0):.1f}"
    for _, false, caught in points:
        path += f"H{_x(false):.1f}V{_y(caught):.1f}"
    return f'<path class="{name}" d="{path}"/>'


def _axes():
    lines = []
    for rate in (0.001, 0.01, 0.05, 0.1, 1):
        lines.append(f'<path class="grid" d="M{_x(rate):.1f},{_y(0):.1f}V{_y(1):.1f}"/>')
        lines.append(_text(_x(rate), _y(0) + 20, f"{100 * rate:g} %", "middle"))
    for tenth in range(0, 11, 2):
        y = _y(tenth / 10)
        lines.append(f'<path class="grid" d="M{LEFT},{y:.1f}H{WIDTH - RIGHT}"/>')
        lines.append(_text(LEFT - 8, y + 4, f"{10 * tenth} %", "end"))
    lines.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14,
                       "wanted messages stopped (logarithmic)", "middle"))
    lines.append(f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2:.0f}) rotate(-90)" '
                 'text-anchor="middle">unwanted messages stopped</text>')
    return lines


def _threshold(points, name, threshold):
    """A dot where the threshold stands on the curve."""
    reached = [point for point in points if point[0] >= threshold - 1e-6]
    if not reached:
        return []
    _, false, caught = reached[-1]
    x, y = _x(false), _y(caught)
    anchor, beside = ("start", 9) if x < WIDTH / 2 else ("end", -9)
    return [f'<circle class="threshold" cx="{x:.1f}" cy="{y:.1f}" r="5"/>',
            _text(x + beside, y + 16, f"{name} from {threshold:g}: {100 * caught:.1f} % of "
                  f"unwanted, {100 * false:.2f} % of wanted", anchor, "legend")]


def svg(points, title, tag, hold, before=None):
    """points: figures.curve(). before: the same of an earlier run, or None."""
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
             f"<style>{STYLE}</style>", f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
             _text(LEFT, 30, title, name="title"), *_axes()]
    if before:
        lines += [_steps(before, "before"), _text(WIDTH - RIGHT, TOP - 8,
                                                  "dashed: the earlier run", "end", "legend")]
    lines.append(_steps(points, "curve"))
    lines += _threshold(points, "hold", hold) + _threshold(points, "tag", tag)
    lines.append(f'<rect class="frame" x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" '
                 f'height="{HEIGHT - TOP - BOTTOM}"/>')
    return "\n".join([*lines, "</svg>", ""])
