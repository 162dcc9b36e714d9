"""``manage.py cost_stay FILE``: costs one stay, or a file of worked examples, afresh (§6)."""

from dps_portal.json_command import Field, JsonCommand
from placements.management.restate import answer
from placements.rules import NoPriceForDate


def computed(vector: Field) -> dict:
    try:
        return answer(vector)
    except NoPriceForDate as missing:
        raise vector.get("inputs").get("rates").wrong(str(missing)) from missing
    except OverflowError as error:
        raise vector.get("inputs").wrong("holds a date that is out of range") from error


class Command(JsonCommand):
    help = "Computes stays, ledger steps, ceilings, forecasts and dates from a JSON file."

    def answer(self, given: Field):
        if isinstance(given.value, list):
            return [computed(vector) for vector in given.items()]
        if given.find("vectors"):
            return {"vectors": [computed(vector) for vector in given.get("vectors").items()]}
        return computed(given)
