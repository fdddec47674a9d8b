# run · setup · test · check · bench · proof · words · doors: each does its own set-up, from a bare checkout.

PYTHON ?= python3
export HOST ?= 127.0.0.1
export PORT ?= 8329

PY     := .venv/bin/python
digest  = $(shell cksum < $(1) | tr ' ' '-')
RUN_ENV  := .venv/ready-$(call digest,requirements.txt)
TEST_ENV := .venv/ready-dev-$(call digest,requirements-dev.txt)
PROOF_ENV := .venv/ready-proof-$(call digest,requirements-proof.txt)

.PHONY: run setup test check bench proof words doors lock
.DEFAULT_GOAL := run

run: $(RUN_ENV)
	@LINSHU_DEMO=$${LINSHU_DEMO-1} exec $(PY) app.py

setup: $(RUN_ENV)

# One worker more than cores: who waits for a browser or a server leaves his core to another. Who is
# through takes from the others: the walks over every page take minutes each.
test: $(TEST_ENV)
	@$(PY) -m pytest -n $$(($$(nproc) + 1)) --dist worksteal

check: $(TEST_ENV)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	@PYTHONPATH=. $(PY) -c "from importlinter.cli import lint_imports_command as check; check()"
	$(PY) -m djlint templates --quiet --lint
	$(PY) -m bandit --quiet -c pyproject.toml -r linshu migrations app.py config.py

bench: $(TEST_ENV)
	@$(PY) -m tests.bench

proof: $(PROOF_ENV)
	@$(PY) -m pytest tests/proof

# The catalogue of the English interface. After it: translate what is new in the .po, run it again.
WORDS = translations/words.pot
BABEL = $(PY) -m babel.messages.frontend --quiet
words: $(TEST_ENV)
	$(BABEL) extract -F pyproject.toml --no-location -o $(WORDS) .
	$(BABEL) update -i $(WORDS) -d translations --no-fuzzy-matching -w 100 --ignore-obsolete --ignore-pot-creation-date
	$(BABEL) compile -d translations
	@rm $(WORDS)

# docs/doors.md: who may enter where, from the routes themselves.
doors: $(TEST_ENV)
	@$(PY) -m tests.web.doors

# The locks: hashes of every file, no address of any index.
LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
lock:
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) requirements-proof.in -o requirements-proof.txt

$(RUN_ENV):
	@$(call install,requirements.txt)

$(TEST_ENV):
	@$(call install,requirements-dev.txt)

$(PROOF_ENV):
	@$(call install,requirements-proof.txt,$(TEST_ENV))

# A stamp carries the digest of the lock that was installed: another lock is another stamp. What
# proof installs holds what test needs, and that what run needs.
define install
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  echo "需要 Python 3.11 或更高版本：apt install python3 ，或 make PYTHON=python3.12"; \
  echo "Python 3.11 or newer is needed: apt install python3, or make PYTHON=python3.12"; exit 1; }; \
$(PY) -m pip --version >/dev/null 2>&1 || { rm -rf .venv; $(PYTHON) -m venv .venv >/dev/null 2>&1; } || { rm -rf .venv; \
  echo "python3 不能建立虚拟环境，请先安装： apt install python3-venv"; \
  echo "python3 cannot make a virtual environment; first: apt install python3-venv"; exit 1; }; \
echo "正在安装依赖 $(1)（installing, once）…"; \
$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1) && touch $@ $(2) $(RUN_ENV)
endef
