"""What the local AMC holds at its first start: a client, test users, accounts, instances."""

import json

from metatron.apps.amc.twin.administration_routes import instance_document
from metatron.apps.amc.twin.settings import TwinSettings
from metatron.apps.amc.twin.store import Store

PEOPLE = {"amzn1.account.ANNA": "Anna Analyst", "amzn1.account.BEN": "Ben Brandt"}
SOLD_IN_THE_US_ONLY = ["cpg_insights_stream", "experian_vehicle_purchases"]
ACCOUNTS = (
    ("ENTITY1LOCALUS", "Local Brands US", "ATVPDKIKX0DER", ("amclocal0001", "amclocal0002")),
    ("ENTITY2LOCALDE", "Local Brands DE", "A1PA6795UKMFR9", ("amclocal0003",)),
)


def open_books(store: Store, settings: TwinSettings) -> None:
    """Register the client as configured; make people and accounts once."""
    with store.transaction():
        store.execute(
            "insert into client values (?, ?, ?) on conflict (client_id) do update set"
            " client_secret = excluded.client_secret, redirect_uris = excluded.redirect_uris",
            settings.client_id, settings.client_secret, json.dumps(list(settings.redirect_uris)),
        )  # fmt: skip
        if store.row("select 1 from account") is not None:
            return
        for user_id, name in PEOPLE.items():
            store.execute("insert into person values (?, ?)", user_id, name)
        for account_id, name, marketplace, instances in ACCOUNTS:
            store.execute("insert into account values (?, ?, ?)", account_id, name, marketplace)
            for user_id in PEOPLE:
                store.execute("insert into may_use values (?, ?)", user_id, account_id)
            for instance_id in instances:
                given = {
                    "instanceName": f"{name} {instance_id[-1]}",
                    "customerCanonicalName": name,
                    "advertiserTypes": ["DISPLAY", "SPONSORED_ADS"],
                    "entities": [f"ENTITY{instance_id[-4:]}"],
                    "localLacks": [] if account_id.endswith("US") else SOLD_IN_THE_US_ONLY,
                }
                document = instance_document(instance_id, given, made_at=store.now())
                store.execute(
                    "insert into instance values (?, ?, ?, null)",
                    instance_id, account_id, json.dumps(document),
                )  # fmt: skip
