"""STORAGES for an S3-compatible store."""

from typing import Any

from django.utils.module_loading import import_string

# Who waits holds a request: an unreachable store is told of soon.
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 5, 30, 2


def s3_storages(bucket: str, url: str, key: str, secret: str) -> dict[str, dict[str, Any]]:
    """The storages "originals" and "photos" in one bucket, nothing of it public; `url` is empty for Amazon's own."""
    # A store of one's own (MinIO, Ceph) has no name in the DNS for each bucket.
    style = {"addressing_style": "path" if url else "auto"}
    options = {
        "bucket_name": bucket,
        "endpoint_url": url or None,
        "access_key": key,
        "secret_key": secret,
        "default_acl": None,  # the bucket's own: many stores refuse requests that name one
        "querystring_auth": True,
        "file_overwrite": True,  # names are hashes of the content
        "client_config": import_string("botocore.config.Config")(  # loaded only where there is such a store
            s3=style,
            signature_version="s3v4",
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"total_max_attempts": _ATTEMPTS},
        ),
    }
    return {
        name: {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**options, "location": name}} for name in ("originals", "photos")
    }
