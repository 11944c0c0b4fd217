"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise carries no types
    """Also rewrites the imports inside JavaScript modules, which Django leaves off by default."""

    support_js_module_import_aggregation = True
