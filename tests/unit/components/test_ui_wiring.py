"""What a reader of the page's code relies on: controls are tied to their labels, and nothing heavy is pulled in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import reflex as rx

from eduplatform.components import ui
from eduplatform.components.ui.icons import ICON_PATHS
from eduplatform.pages.system.styleguide import styleguide


def _nodes(component: rx.Component) -> Iterator[rx.Component]:
    yield component
    for child in component.children:
        if isinstance(child, rx.Component):
            yield from _nodes(child)


def _attributes(node: rx.Component) -> dict[str, str]:
    pairs = (prop.split(":", 1) for prop in node.render().get("props", []) if isinstance(prop, str))
    return {name.strip('"'): value.strip().strip('"') for name, value in pairs}


def _with_id_node(component: rx.Component, id: str) -> rx.Component:
    return next(node for node in _nodes(component) if _attributes(node).get("id") == id)


def _with_id(component: rx.Component, id: str) -> dict[str, str]:
    return _attributes(_with_id_node(component, id))


CONTROLS: list[Callable[..., rx.Component]] = [
    ui.text_input,
    ui.password_input,
    ui.number_input,
    ui.textarea,
    ui.date_time_input,
    lambda **options: ui.select(options=[("a", "First")], **options),
    ui.checkbox,
]


@pytest.mark.parametrize("control", CONTROLS)
def test_control_is_tied_to_label_hint_and_error(control: Callable[..., rx.Component]) -> None:
    drawn = control(name="due", label="Due", hint="Local time", error="Must be in the future")
    labels = [_attributes(node) for node in _nodes(drawn) if node.tag == "label"]
    assert [label["htmlFor"] for label in labels] == ["field-due"]
    attributes = _with_id(drawn, "field-due")
    assert attributes["aria-invalid"] == "true"
    assert attributes["aria-describedby"].split() == ["field-due-hint", "field-due-error"]
    assert "Local time" in str(_with_id_node(drawn, "field-due-hint").render())
    assert "Must be in the future" in str(_with_id_node(drawn, "field-due-error").render())


@pytest.mark.parametrize("control", CONTROLS)
def test_control_without_error_is_not_invalid(control: Callable[..., rx.Component]) -> None:
    assert _with_id(control(name="due", label="Due", id="own"), "own")["aria-invalid"] == "false"


def test_loading_button_cannot_be_pressed_twice() -> None:
    attributes = _attributes(ui.button("Save", loading=True))
    assert attributes["disabled"] == "true"
    assert attributes["aria-busy"] == "true"


def test_new_tab_is_announced_and_cannot_reach_back() -> None:
    shown = ui.link("Reading list", "https://example.org", external=True)
    attributes = _attributes(shown)
    assert "noopener" in attributes["rel"]
    assert "opens in a new tab" in str(shown.render())


def test_dialog_is_named_by_its_heading() -> None:
    drawn = ui.dialog("Text", title="New section", id="new")
    named_by = _attributes(drawn)["aria-labelledby"]
    assert _with_id(drawn, named_by)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Lovelace", "AL"), ("plato", "P"), ("Maria del Carmen Sanchez", "MS"), ("", "")],
)
def test_avatar_shows_first_and_last_initial(name: str, letters: str) -> None:
    texts = [str(node.render()) for node in _nodes(ui.avatar(name))]
    assert f'"{letters}"' in texts[-1]


def test_unknown_icon_is_refused() -> None:
    with pytest.raises(KeyError):
        ui.icon("no-such-icon")


@pytest.mark.parametrize("name", ICON_PATHS)
def test_icon_is_one_path_that_starts_at_a_point(name: str) -> None:
    assert ICON_PATHS[name][0] in "Mm"
    assert set(ICON_PATHS[name]) <= set("MmLlHhVvCcSsQqTtAaZz0123456789.- ")


def test_kit_needs_no_component_library() -> None:
    """Radix Themes, lucide and the sort would cost more than the whole budget of a page."""
    libraries: dict[str, Any] = styleguide()._get_all_imports()
    foreign = {
        name.split("@")[0] for name in libraries if not name.startswith(("$/", "/", "react", "@emotion"))
    }
    assert foreign <= {""}
