"""What axe finds wrong with a page in the browser, by all its rules."""

from axe_playwright_python.base import AXE_SCRIPT

# Only the names of broken rules come back: the rest of the report takes as long as the checking.
RUN = "axe.run({resultTypes: ['violations']}).then(told => told.violations.map(one => one.id))"


def bring_axe(context):
    """Into each page of the context, by the browser itself rather than by one call for each."""
    context.add_init_script(AXE_SCRIPT)


def violations(page) -> list[str]:
    return page.evaluate(RUN)
