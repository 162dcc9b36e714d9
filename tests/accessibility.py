"""What is wrong with a page in the browser: all that axe finds, and a scroll sideways."""

from axe_playwright_python.base import AXE_SCRIPT

# Only the names of broken rules come back: the rest of the report takes as long as the checking.
RUN = "axe.run({resultTypes: ['violations']}).then(told => told.violations.map(one => one.id))"

DESK, PHONE = 1100, 320
HEIGHT = 900


def bring_axe(context):
    """Into each page of the context, by the browser itself rather than by one call for each."""
    context.add_init_script(AXE_SCRIPT)


def violations(page) -> list[str]:
    return page.evaluate(RUN)


def faults(page, *, has_scripts: bool = True) -> list[str]:
    """At a desk and on a phone; axe needs scripts to run."""
    found, own = [], page.viewport_size
    root = "document.documentElement"
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if has_scripts:
            found += [f"{one} at {width} px" for one in violations(page)]
        if page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
            found.append(f"too wide for {width} px")
    page.set_viewport_size(own)
    return found
