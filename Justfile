# The errands of this project. `just` alone lists them. Each assumes an environment made by `just setup`.

_default:
    @just --list

# Install the package in editable mode with everything the tests need
setup:
    pip install -e '.[test]'

# The whole cycle on the sample notice, in a new folder
demo folder='tjxl演示':
    tjxl demo {{folder}}

# All tests, or those named: just test tests/merge -k atomic
test *args:
    pytest {{args}}

# The tests that need no LibreOffice
quick *args:
    pytest -m 'not libreoffice' {{args}}

# How fast tjxl is beside what people use instead, in one table: just bench --quick, just bench --sizes 67,1000,10000
bench *args:
    python -m tests.bench {{args}}

# The same works as tests, timed by pytest-benchmark
bench-tests:
    pytest tests/bench --benchmark-enable

# Style, types, import layers: nothing is changed
lint:
    ruff check .
    ruff format --check .
    mypy
    lint-imports

# Bring the code into style
format:
    ruff check --fix .
    ruff format .

# Everything that must hold before a change is taken in, on a clean copy
ci:
    .ci/run
