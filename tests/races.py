"""Acts at the same moment, each in its own thread and connection."""

import threading

from django.db import connection

from dps_portal.refusals import Refused


def at_once(*acts):
    """What those that went through returned, the reasons of the refused, and any other error."""
    barrier = threading.Barrier(len(acts))
    done, refused, errors = [], [], []

    def run(act):
        try:
            barrier.wait()
            done.append(act())
        except Refused as refusal:
            refused.append(refusal.reasons)
        except Exception as error:  # noqa: BLE001 - any error at all fails the test
            errors.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, refused, errors
