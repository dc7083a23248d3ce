# Gatehouse: each habit is one word. Plain `make` prints the list from the ## comments.

SHELL_IN_GUEST := $(filter command line,$(origin SHELL))
GUEST_SHELL    := $(if $(SHELL_IN_GUEST),$(SHELL))
override SHELL := /bin/bash
.SHELLFLAGS    := -euo pipefail -c

KERNEL ?= 6.1
T      ?=
ARGS   ?=

DOTNET  := dotnet
PUBLISH := build/publish/bin
KERNELS := $(if $(filter all,$(KERNEL)),$(shell test/vm/run --list-kernels),$(KERNEL))

# BUILT=1: what is built is run, and not looked at again. For CI, where one thing is measured while another one is tested.
BUILT  ?=
BUILD  := $(if $(BUILT),,build)
TESTED := $(if $(BUILT),,build test-attacks trust-database)

UNIT_TESTS := $(patsubst test/%/,%,$(filter-out test/Gatehouse.KernelTests/,$(dir $(wildcard test/*/*.csproj))))

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export MSBUILDDISABLENODEREUSE := 1

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

setup: ## install the Debian packages that building and testing need
	@tools/install-packages build vm

build: setup bpf ## build the kernel object, all projects and the programs in build/publish/bin
	$(DOTNET) build Gatehouse.slnx -c Release -v quiet
	$(MAKE) --no-print-directory publish

bpf: setup ## build the kernel object only (clang, no .NET)
	@$(MAKE) --no-print-directory -C bpf

publish: bpf
	$(DOTNET) publish src/Gatehouse.Agent -c Release -r linux-x64 -o $(PUBLISH) -v quiet
	$(DOTNET) publish src/Gatehouse.Cli -c Release -r linux-x64 -o $(PUBLISH) -v quiet

abi: bpf ## generate the C# mirror of bpf/abi
	$(DOTNET) run --project tools/Gatehouse.AbiGenerator -c Release -- build/bpf/abi.o build/bpf/gatehouse.bpf.o bpf/abi src/Gatehouse.Abi/Generated

check: build check-generated test-unit test-attacks ## what CI runs: build, analyzers, generate-and-diff, all tests on all kernels, the budgets of 6.1
	@tools/check-tree
	@$(MAKE) --no-print-directory bench-check KERNEL=6.1
	@$(MAKE) --no-print-directory vm KERNEL=all

check-generated: abi
	@git diff --exit-code --stat -- src/Gatehouse.Abi/Generated || { echo 'the C# mirror of bpf/abi is stale: run make abi and commit'; exit 1; }

fix: ## repair what can be repaired: C and C# formatting, the generated mirror
	@tools/install-packages build lint
	@clang-format-14 -i $$(git ls-files 'bpf/*.c' 'bpf/*.h' 'test/*.c')
	$(DOTNET) format whitespace Gatehouse.slnx
	@$(MAKE) --no-print-directory abi

# Hashing every package takes the emulated processor an hour and this machine less than a minute; what has not changed is not hashed again.
trust-database: build
	@mkdir -p build/trust
	@$(PUBLISH)/gatehouse trust scan --database build/trust/trust.db --quick --no-reload >build/trust/scan.log 2>&1 || { cat build/trust/scan.log; exit 1; }

test: $(TESTED) ## every test: unit tests here, kernel tests in the VM (KERNEL=6.1|6.12|7.2|all, default 6.1)
	@tools/run-tests $(addprefix unit:,$(UNIT_TESTS)) $(addprefix kernel:,$(KERNELS)) script:test/vm/without-bpf-lsm

test-unit: $(BUILD) ## unit tests only
	@tools/run-tests $(addprefix unit:,$(UNIT_TESTS))

test-attacks: setup
	@$(MAKE) --no-print-directory -C test/Gatehouse.KernelTests/attacks

vm: $(TESTED) ## kernel tests in the VM: KERNEL=6.1|6.12|7.2|all T=<part of a test's name>
	@T='$(T)' tools/run-tests $(addprefix kernel:,$(KERNELS))

chaos: build test-attacks ## faults at random moments (crashes, restarts, full disk, ring and tables, clock, memory, power cut): KERNEL=6.1|6.12|7.2|all
	@TRAIT=kind=chaos tools/run-tests $(addprefix kernel:,$(KERNELS)) script:test/vm/power-cut

owner: build ## what the owner of a sealed host goes on doing, on a Debian system with systemd: KERNEL=6.1|6.12|7.2|all
	@for kernel in $(KERNELS); do test/vm/owner-goes-on $$kernel; done

vm-exec: build ## run a script as root in the VM: KERNEL=6.1 SCRIPT=path [ARGS=…]
	@test -n "$(SCRIPT)" || { echo 'usage: make vm-exec KERNEL=6.1 SCRIPT=path [ARGS=…]'; exit 2; }
	@test/vm/exec --kernel $(KERNEL) -- $(SCRIPT) $(ARGS)

demo: $(if $(BUILT),,build test-attacks) ## the main job on a real kernel; SHELL=1 leaves you in the guest with the agent running
	@test/vm/run --kernel $(KERNEL) $(if $(GUEST_SHELL),--shell) -- examples/demo/run $(if $(GUEST_SHELL),--keep)

bench: build trust-database bench-programs ## count the instructions that Gatehouse costs: KERNEL=6.1|6.12|7.2|all
	@for kernel in $(KERNELS); do test/vm/run --icount --kernel $$kernel --timeout 2400 -- bench/run; done

# A count has an error, so a budget is exceeded if it is so twice.
bench-check: $(if $(BUILT),,build bench-programs) ## the same, and fail where bench/budgets.yaml is exceeded
	@check() { rm -rf build/vm/bench-$$1; test/vm/run --icount --kernel $$1 --results build/vm/bench-$$1 --timeout 1800 -- bench/run --check; }; \
	for kernel in $(KERNELS); do \
		check $$kernel || { echo "not within the budgets on $$kernel: counted once more"; check $$kernel || exit 1; }; \
	done

bench-programs: setup
	@mkdir -p build/bench
	@gcc -O2 -Wall -Wextra -Werror -std=gnu17 -D_GNU_SOURCE -static -pthread -o build/bench/operations bench/operations.c
	@gcc -O2 -Wall -Wextra -Werror -std=gnu17 -D_GNU_SOURCE -o build/bench/loading bench/loading.c
	@gcc -O2 -shared -fPIC -x c -o build/bench/empty.so /dev/null
	@gcc -O2 -Wall -Wextra -Werror -std=gnu17 -o build/bench/floor bench/floor.c -lbpf
	@gcc -O2 -Wall -Wextra -Werror -std=gnu17 -D_GNU_SOURCE -static -o build/bench/questions bench/questions.c
	@clang-14 -target bpf -mcpu=v3 -O2 -g -Wall -Werror -I/usr/include/x86_64-linux-gnu -c bench/floor.bpf.c -o build/bench/floor.bpf.o

clean: ## remove everything that was built (kernels of the VM stay in their cache)
	rm -rf build
	find src test tools -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +

.PHONY: help setup build bpf publish abi check check-generated fix test test-unit test-attacks trust-database vm chaos owner vm-exec demo bench bench-check bench-programs clean
.DEFAULT_GOAL := help
