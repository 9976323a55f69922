# The image of provisioner: complete, so that running it needs no registry, and checked, so that building it trusts none
# but for the base, which is named by a tag; give another, or one by its digest, as PYTHON_IMAGE.
#
#   docker build -t provisioner .
#   docker build -t provisioner --build-arg TOOLS=my/tools .       # air-gapped: see docs/container.md
#
# Every stage runs on the platform that is built for; no architecture is named here. BuildKit is not required.

ARG PYTHON_IMAGE=python:3.13-slim-trixie
ARG TOOLS=tools-downloaded

FROM ${PYTHON_IMAGE} AS base
ENV PYTHONDONTWRITEBYTECODE=1


# --- Terraform and the provider: downloaded, or brought along in an image of your own that holds /tools

FROM base AS tools-downloaded
ARG TOOLS=tools-downloaded
COPY scripts/image/tools.py scripts/image/terraform.sha256 /build/
COPY scripts/image/provider /build/provider
RUN [ "$TOOLS" != tools-downloaded ] || python3 /build/tools.py fetch /tools

FROM ${TOOLS} AS tools
COPY scripts/image/tools.py scripts/image/terraform.sha256 /build/
COPY scripts/image/provider /build/provider
RUN python3 /build/tools.py check /tools


# --- the Python packages, each held against its checksum; pip stays behind in /build

FROM base AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /build && python3 -m venv --without-pip /opt/provisioner
COPY scripts/image/requirements-build.txt scripts/image/requirements.txt /build/
RUN /build/bin/pip install --quiet --require-hashes --no-deps --requirement /build/requirements-build.txt
RUN /build/bin/pip wheel --quiet --wheel-dir /build/wheels --require-hashes \
        --no-deps --no-build-isolation --requirement /build/requirements.txt \
    && /build/bin/pip --python /opt/provisioner/bin/python install --quiet --no-index --no-deps --no-compile \
        /build/wheels/*.whl \
    && python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/provisioner


# --- our own code, alone in its layer: a change of it rebuilds from here

FROM packages AS code
COPY pyproject.toml README.md /src/
COPY templates /src/templates
COPY terraform /src/terraform
COPY provisioner /src/provisioner
COPY scripts/image /src/scripts/image
RUN /build/bin/pip wheel --quiet --wheel-dir /src/dist --no-deps --no-build-isolation /src \
    && /build/bin/pip --python /opt/provisioner/bin/python install --quiet --no-index --no-deps --no-compile \
        --prefix /out/opt/provisioner /src/dist/*.whl \
    && python3 -m compileall -q --invalidation-mode unchecked-hash /out/opt/provisioner \
    && mkdir -p /out/usr/share/provisioner \
    && python3 /src/scripts/image/sbom.py /opt/provisioner/lib/python3*/site-packages \
        /out/opt/provisioner/lib/python3*/site-packages > /out/usr/share/provisioner/sbom.cdx.json


# --- the image

FROM base
RUN command -v tini > /dev/null \
    || { apt-get update -q && apt-get install -qy --no-install-recommends tini && rm -rf /var/lib/apt/lists/* /var/log/*; }
# /data is open to every user like /tmp, because `docker run --user` may name anyone; a volume takes this mode over.
RUN useradd --no-log-init --uid 10001 --user-group --create-home provisioner && chmod 0755 /home/provisioner \
    && install --directory --mode 1777 /data
COPY --from=tools /tools/plugins /usr/share/terraform/plugins
COPY --from=tools /build/provider/.terraform.lock.hcl /usr/share/terraform/plugins/
COPY --from=tools /tools/terraform /usr/local/bin/terraform
COPY --from=packages /opt/provisioner /opt/provisioner
COPY --from=code /out /

ENV PATH=/opt/provisioner/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/home/provisioner \
    PROVISIONER_HOME=/data \
    PROVISIONER_IMAGE=1 \
    CHECKPOINT_DISABLE=1
USER 10001:10001
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=5s CMD ["provisioner", "version"]
# tini reaps what Terraform leaves behind and hands each signal to provisioner alone, which tells Terraform once.
ENTRYPOINT ["tini", "-s", "--", "provisioner"]

ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="provisioner" \
      org.opencontainers.image.description="Put a domain on Amazon SES with one command, and keep its mail flowing." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
