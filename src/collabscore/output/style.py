"""The colours of tables on a page, light and dark, and the style sheet that carries them.

Text has a contrast of at least 4.5:1 on its paper, what is drawn at least 3:1
(WCAG 2.2, 1.4.3 and 1.4.11); a test computes it.
"""

from __future__ import annotations

from .blocks import TONES

__all__ = ["DARK", "LIGHT", "STYLE"]

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1f2328",
    "soft": "#57606a",
    "rule": "#d0d7de",
    "track": "#eaeef2",
    "fill": "#0072b2",
    "good": "#0b6e4f",
    "caution": "#8a5300",
    "decide": "#6f3fb5",
    "stop": "#b3261e",
    "muted": "#57606a",
}
DARK = {
    "paper": "#1e1e1e",
    "ink": "#e6e6e6",
    "soft": "#a8b0b8",
    "rule": "#454b52",
    "track": "#33383d",
    "fill": "#4aa3df",
    "good": "#4fc99a",
    "caution": "#e3b341",
    "decide": "#c4a2f5",
    "stop": "#ff8a80",
    "muted": "#a8b0b8",
}

_HOST = {
    "paper": "var(--jp-layout-color0,var(--vscode-editor-background,{}))",
    "ink": "var(--jp-content-font-color0,var(--vscode-editor-foreground,{}))",
}
_DARK_HOSTS = (
    "[data-theme=dark]",
    "[data-bs-theme=dark]",
    "[data-jp-theme-light=false]",
    "[theme=dark]",
    ".vscode-dark",
    ".vscode-high-contrast",
    ".quarto-dark",
)
_LIGHT_HOSTS = (
    "[data-theme=light]",
    "[data-bs-theme=light]",
    "[data-jp-theme-light=true]",
    "[theme=light]",
    ".vscode-light",
    ".quarto-light",
)


def _variables(palette: dict[str, str], host: dict[str, str]) -> str:
    return "".join(
        f"--cs-{name}:{host.get(name, '{}').format(color)};" for name, color in palette.items()
    )


def _inside(hosts: tuple[str, ...]) -> str:
    return ",".join(f"{host} .collabscore" for host in hosts)


# `:nth-child(n)` always holds and only adds weight: a notebook's own rules for the tables of its
# outputs would win otherwise.
STYLE = f"""
.collabscore{{{_variables(LIGHT, _HOST)}color:var(--cs-ink);background:var(--cs-paper);\
font-size:.9rem;line-height:1.4}}
@media (prefers-color-scheme:dark){{.collabscore{{{_variables(DARK, _HOST)}}}}}
{_inside(_DARK_HOSTS)}{{{_variables(DARK, _HOST)}}}
{_inside(_LIGHT_HOSTS)}{{{_variables(LIGHT, _HOST)}}}
@media print{{.collabscore:nth-child(n):nth-child(n){{{_variables(LIGHT, {})}}}}}
.collabscore .cs-plain{{display:none}}
.collabscore .cs-sheet{{display:block!important;padding:.25em .1em}}
@media screen{{.collabscore .cs-sheet{{overflow-x:auto}}}}
.collabscore .cs-table{{border-collapse:collapse;border:0;margin:0;color:inherit;background:none;\
font-size:inherit}}
.collabscore .cs-table caption{{caption-side:top;text-align:left;padding:0 .6em .5em;\
color:var(--cs-soft)}}
.collabscore .cs-title{{display:block;font-weight:600;font-size:1.1em;color:var(--cs-ink)}}
.collabscore .cs-table thead,.collabscore .cs-table tr:nth-child(n):nth-child(n){{background:none;\
border:0}}
.collabscore .cs-table th,.collabscore .cs-table td{{padding:.3em .6em;border:0;\
border-bottom:1px solid var(--cs-rule);
text-align:left;vertical-align:top;white-space:normal;line-height:inherit;font-weight:400;\
font-variant-numeric:tabular-nums;
unicode-bidi:plaintext}}
.collabscore .cs-table thead th{{vertical-align:bottom;font-weight:600;\
border-bottom:2px solid var(--cs-soft)}}
.collabscore .cs-table tbody th{{font-weight:500;min-width:12em;max-width:32em}}
.collabscore .cs-table tbody .cs-section{{font-weight:700;max-width:none;padding-top:1em}}
.collabscore .cs-table .cs-right{{text-align:right}}
.collabscore .cs-table .cs-figure{{white-space:nowrap}}
.collabscore .cs-detail{{display:block;font-weight:400;font-size:.9em;color:var(--cs-soft);\
white-space:nowrap}}
.collabscore .cs-badge{{white-space:nowrap;font-weight:600}}
.collabscore .cs-none,.collabscore .cs-table .cs-span{{color:var(--cs-soft)}}
.collabscore .cs-bar{{display:inline-block;width:4.5em;height:.65em;margin-left:.5em;\
background:var(--cs-track);
text-align:left;line-height:0}}
.collabscore .cs-blank{{background:none}}
.collabscore .cs-fill{{display:inline-block;height:100%;background:var(--cs-fill);\
print-color-adjust:exact;
-webkit-print-color-adjust:exact}}
.collabscore .cs-subtitle{{margin:-.6em 0 1em;color:var(--cs-soft);font-size:.95em}}
.collabscore .cs-notes{{margin:.6em;padding:0;color:var(--cs-soft);font-size:.9em;max-width:60em}}
.collabscore .cs-notes p{{margin:.15em 0}}
{"".join(f".collabscore .cs-{tone}{{color:var(--cs-{tone})}}" for tone in TONES)}
""".strip()
"""The style sheet of every table, held to what is inside an element of class `collabscore`."""
