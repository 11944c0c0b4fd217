# The image of web, worker and beat: one image, three commands.
FROM python:3.11-slim-bookworm AS catalogues
RUN apt-get update && apt-get install --yes --no-install-recommends gettext && rm -rf /var/lib/apt/lists/*
COPY commsoffice/locale /locale
RUN find /locale -name '*.po' -exec sh -c 'msgfmt --check --output-file="${1%.po}.mo" "$1"' _ {} \;

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=commsoffice.settings.production DATA_DIR=/data
WORKDIR /app
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements/runtime.txt
COPY . .
COPY --from=catalogues /locale commsoffice/locale
# Uploads and collected static files stand on the volume, never in the image.
RUN useradd --system --uid 10001 --home-dir /data office && install -d -o office -g office /data
USER office
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "commsoffice.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", \
     "--preload", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--forwarded-allow-ips", "*"]
