"""The consent page: test users to choose from, in plain HTML."""

from html import escape
from string import Template

from metatron.apps.amc.twin.store import Row

_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Local sign-in</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 10vh auto; max-width: 26rem; padding: 0 1rem }
button { display: block; font: inherit; margin: .5rem 0; min-height: 44px; width: 100% }
:root { color-scheme: light dark }
</style></head><body>
<h1>Local stand-in for Login with Amazon</h1>
<p>This is not Amazon. <strong>$client</strong> asks for access to advertising data
(<code>$scope</code>) that this machine has made up. Continue as:</p>
<form method="post">$people<button name="user_id" value="">Refuse</button></form>
</body></html>
""")


def consent_page(people: list[Row], *, client_id: str, scope: str) -> str:
    """Return the page; choosing posts back to the same address."""
    buttons = "".join(
        f'<button name="user_id" value="{escape(each["user_id"], quote=True)}">'
        f"{escape(each['name'])}</button>"
        for each in people
    )
    return _PAGE.substitute(client=escape(client_id), scope=escape(scope), people=buttons)
