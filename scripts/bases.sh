#!/bin/sh
# The images that the Dockerfile starts from: pulled, or made here where no registry answers.
#
# Prints the arguments for `docker build`. A stand-in has the upstream name, so the Dockerfile is the same; it is Debian
# with Debian's own Python (debootstrap, needs root), and carries this machine's certificates and pip settings, because a
# machine without a registry usually sits behind a proxy that needs them. STANDIN=1 makes stand-ins without trying to pull.
set -eu

python_image=$(sed -n 's/^ARG PYTHON_IMAGE=//p' Dockerfile)
suite=${python_image##*-}
# A tag of the checksums: other tools are another image.
tools_image=provisioner/tools:$(cat scripts/image/terraform.sha256 scripts/image/provider/.terraform.lock.hcl | sha256sum | cut -c1-12)
docker=${DOCKER:-docker}

present() { "$docker" image inspect "$1" > /dev/null 2>&1; }

standin() {
    command -v debootstrap > /dev/null || apt-get install -qy --no-install-recommends debootstrap >&2
    root=$(mktemp -d)
    debootstrap --variant=minbase --include=ca-certificates,netbase,python3,python3-venv,tini \
        "$suite" "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >&2
    slim "$root"
    settings "$root"
    tar -C "$root" --numeric-owner -c . | "$docker" import --change 'CMD ["python3"]' - "$1" >&2
    rm -rf "$root"
}

# What Debian's own slim images leave out.
slim() {
    rm -rf "$1"/usr/share/doc/* "$1"/usr/share/man/* "$1"/usr/share/info/* "$1"/usr/share/locale/* \
        "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*
}

settings() {
    [ ! -f /etc/ssl/certs/ca-certificates.crt ] || cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
    [ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$1/etc/pip.conf"
}

# Terraform and the provider of this machine; the Dockerfile holds them against its checksums.
tools() {
    mirror=$(plugins) || { echo "no Terraform provider mirror on this machine for an air-gapped build" >&2; exit 69; }
    context=$(mktemp -d)
    mkdir "$context/tools"
    cp "$(command -v terraform)" "$context/tools/terraform"
    cp -rlL "$mirror" "$context/tools/plugins" 2> /dev/null || cp -rL "$mirror" "$context/tools/plugins"
    printf 'FROM %s\nCOPY tools /tools\n' "$python_image" > "$context/Dockerfile"
    "$docker" build --quiet --tag "$tools_image" "$context" >&2
    rm -rf "$context"
}

plugins() {
    for folder in "$HOME/.terraform.d/plugins" /usr/local/share/terraform/plugins /usr/share/terraform/plugins /opt/*; do
        [ ! -d "$folder/registry.terraform.io/hashicorp/aws" ] || { echo "$folder" && return 0; }
    done
    return 1
}

if [ -z "${STANDIN:-}" ] && "$docker" pull --quiet "$python_image" >&2; then
    exit 0
fi
present "$python_image" || standin "$python_image"
present "$tools_image" || tools
echo "--build-arg=TOOLS=$tools_image"
