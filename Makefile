# Everything one does here, a word each; `make` alone lists them. A target installs what it
# needs first, into .venv. ARGS is handed on: make test ARGS="-k segments".

PYTHON = .venv/bin/python
ARGS =

# Programs that build packages, in an environment of their own: .venv-package.
BUILD = PYTHONPATH=packaging QT_QPA_PLATFORM=offscreen .venv-package/bin/python -m builder

.PHONY: help demo test lint format lock screenshots messages manual bench soak kill-loop \
	forged-webhooks mutated-lists failing-disk flipped-bits model-run wrong-clocks random-operator \
	storms fuzz reliability reliability-run wheel frozen deb package-test audit licences clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: .venv/is-ready ## open the window on a pretend Vonage: no account, no cost
	@.ci/qt-ready window
	.venv/bin/smsdesk --demo $(ARGS)

test: .venv/is-ready ## run every test, without a screen
	@.ci/qt-ready tests
	QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest -n 2 $(ARGS)

lint: .venv/is-ready ## ruff, mypy, and the floors of the house
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

format: .venv/is-ready ## let ruff put the code into shape
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

COMPILE = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header

lock: ## resolve the dependencies anew into the two lock files (needs uv)
	$(COMPILE) --group dev pyproject.toml -o requirements-dev.txt $(ARGS)
	$(COMPILE) --group package pyproject.toml -c requirements-dev.txt \
		-o requirements-package.txt $(ARGS)

LOCALE = resources/locale
messages: .venv/is-ready ## bring the translations up to date with the code (new language: ARGS=fr)
	mkdir -p build
	$(PYTHON) -m babel.messages.frontend -q extract -F .ci/babel.cfg --no-default-keywords -k _ -k N_ -k ngettext:1,2 -k NN_:1,2 \
		-k ErrorCode:2 --add-location=file --sort-by-file --no-wrap --project="SMS Desk" \
		-o build/smsdesk.pot .
	$(if $(ARGS),.venv/bin/pybabel init -D smsdesk -i build/smsdesk.pot -d $(LOCALE) -l $(ARGS))
	.venv/bin/pybabel -q update -D smsdesk -i build/smsdesk.pot -d $(LOCALE) --width=96 \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	.venv/bin/pybabel -q compile -D smsdesk -d $(LOCALE)

screenshots: .venv/is-ready ## take the pictures in docs/ anew, on a virtual screen
	@.ci/qt-ready tests
	xvfb-run -a -s "-screen 0 1600x1000x24" $(PYTHON) docs/screenshots.py $(ARGS)

manual: .venv-package/is-ready ## make a small site of docs/ in build/manual/, to be read off line
	.venv-package/bin/python -m sphinx --quiet --fail-on-warning --nitpicky docs build/manual
	@echo "build/manual/index.html"

bench: .venv/is-ready ## measure what the design promises: start, typing, scrolling, sending
	@.ci/qt-ready tests
	QT_QPA_PLATFORM=offscreen $(PYTHON) tests/benchmarks/run.py $(ARGS)

soak: .venv/is-ready ## send for half an hour with the window open: nothing may grow
	@.ci/qt-ready tests
	QT_QPA_PLATFORM=offscreen $(PYTHON) -m tests.long.soak $(ARGS)

kill-loop: .venv/is-ready ## kill the sender 1,000 times in mid-send, and count messages
	$(PYTHON) -m tests.long.kill_loop $(ARGS)

forged-webhooks: .venv/is-ready ## forge 100,000 webhooks, of which none may be accepted
	$(PYTHON) -m tests.long.forged_webhooks $(ARGS)

mutated-lists: .venv/is-ready ## spoil 10,000 lists, of which none may hang, crash or send unseen
	$(PYTHON) -m tests.long.mutated_lists $(ARGS)

wheel: .venv-package/is-ready ## build the wheel and the source distribution into dist/
	$(BUILD).wheel

frozen: .venv/is-ready .venv-package/is-ready ## build the folder that runs without Python
	@.ci/qt-ready tests
	@.ci/package-ready build
	$(BUILD).freeze

deb: frozen ## build the Debian package from it, and check it
	@.ci/package-ready deb
	$(BUILD).deb

package-test: deb ## install that package, send with it, and remove it again
	@.ci/package-ready test
	$(PYTHON) -m tests.long.installed $(ARGS)

licences: .venv-package/is-ready ## see that every library we ship may be shipped
	$(BUILD).licences

audit: .venv-package/is-ready ## ask whether anything we use is known to be vulnerable
	$(BUILD).audit

failing-disk: .venv/is-ready ## let each of 2,000 writes fail: nothing that was stored may be lost
	$(PYTHON) -m tests.long.failing_disk $(ARGS)

flipped-bits: .venv/is-ready ## flip bits in 10,000 logs: none may make the program stumble
	$(PYTHON) -m pytest -q -m long --timeout 3600 tests/desk/test_flipped_bits.py $(ARGS)

model-run: .venv/is-ready ## 20,000 steps of anything in any order, through the whole core
	$(PYTHON) -m pytest -q -m long --timeout 3600 tests/desk/test_model.py $(ARGS)

wrong-clocks: .venv/is-ready ## run the program under clocks that are wrong, jump or stand still
	@.ci/qt-ready tests
	$(PYTHON) -m pytest -q -m "long or not long" tests/journeys/test_clock_cli.py $(ARGS)

random-operator: .venv/is-ready ## let somebody press 5,000 times at random while messages go out
	@.ci/qt-ready tests
	QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest -q -m long --timeout 7200 \
		tests/journeys/test_random_operator.py $(ARGS)

storms: .venv/is-ready ## hours offline and of "too many" with thousands of messages, on a turned clock
	$(PYTHON) -m pytest -q -m long --timeout 3600 tests/desk/test_storms.py $(ARGS)

fuzz: .venv/is-ready ## knock 60,000 times at every door through which bytes come in
	$(PYTHON) -m pytest -q -m long --timeout 3600 tests/fuzzing $(ARGS)

reliability: .venv/is-ready ## write docs/reliability.md: which test holds which case
	$(PYTHON) docs/reliability.py $(ARGS)

reliability-run: .venv/is-ready ## run those tests and write down how they went (a long run: ARGS="--record kill-loop")
	@.ci/qt-ready tests
	QT_QPA_PLATFORM=offscreen $(PYTHON) docs/reliability.py $(if $(ARGS),$(ARGS),--run)

clean: ## remove .venv and whatever the tools left behind
	rm -rf .venv .venv-package build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/is-ready: pyproject.toml requirements-dev.txt .ci/set-up
	@.ci/set-up

.venv-package/is-ready: pyproject.toml requirements-package.txt .ci/set-up
	@.ci/set-up .venv-package requirements-package.txt
