"""How bodies that are no JSON travel: as the text that they are."""

import json

import schemathesis


@schemathesis.serializer(
    "application/x-ndjson", "text/csv", "text/x-ini", "application/yaml", "application/gzip"
)
def text(ctx, value):
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")
