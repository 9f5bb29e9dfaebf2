# The front door. Everything runs on the Node of node_modules/.bin (24), whatever Node is installed.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

##@ General
.PHONY: help
help: ## Show this list.
	@awk 'BEGIN {FS = ":.*##"} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z][a-z-]*:.*##/ {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

node_modules/.installed: package.json package-lock.json .npmrc
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: install
install: node_modules/.installed ## Install the npm packages that package-lock.json pins.

##@ Try
.PHONY: demo demo-mesh
dist/apptraffic.cjs: $(shell find src -name '*.ts') hack/bundle.ts package-lock.json | install
	@node hack/build.ts
	@touch $@

# Only a KUBECONFIG that was typed here chooses a cluster; one that happens to be in the environment does not.
demo: install dist/apptraffic.cjs ## Show one AppTraffic live; ONCE=1: and end; KUBECONFIG=FILE: on that cluster, asks (YES=1).
	@node hack/demo/main.ts $(if $(ONCE),--once) $(if $(YES),--yes) \
	  $(if $(filter command,$(origin KUBECONFIG)),--kubeconfig='$(KUBECONFIG)')

demo-mesh: install dist/apptraffic.cjs ## Show the shop in a real Istio mesh, request by request; ONCE=1: and end; Linux, as root.
	@node hack/demo/mesh/main.ts $(if $(ONCE),--once)

##@ Work
.PHONY: build format generate generate-istio golden
build: install ## Bundle the operator and the CLI into dist/apptraffic.cjs.
	node hack/build.ts

generate: install ## Write the CRD, the JSON Schema, the field reference and the roles.
	node hack/generate/main.ts api rbac

generate-istio: install ## Write the Istio types from the CRDs of the pinned Go module; needs Go.
	node hack/generate/main.ts istio-types

golden: install ## Rewrite the golden outputs of the tests; read the diff before you commit it.
	node hack/golden.ts
	node hack/golden-cli.ts
	node hack/golden-explain.ts

format: install ## Rewrite sources in the project's format.
	prettier --write --log-level=warn .

##@ Test bed
.PHONY: toolchain integration mesh
toolchain: install ## Put etcd, Kubernetes, Envoy, Istio into a cache outside the checkout; needs Go, pip.
	node hack/toolchain/build.ts

.PHONY: control-plane
control-plane: install
	@node hack/toolchain/build.ts etcd kube

integration: control-plane ## Run the tests against a real control plane; builds all they need.
	node hack/run-suites.ts bundle integration

mesh: toolchain ## Run the tests against a real Istio mesh; builds all they need; Linux, as root.
	node hack/run-suites.ts bundle mesh

.PHONY: mesh-fuzz mesh-mutants
mesh-fuzz: toolchain ## Put N random worlds into a real mesh and compare (N=500, SEED=…: the same again); as root.
	node test/mesh/differential/fuzz.ts $(or $(N),500) $(SEED)

mesh-mutants: toolchain ## Put bugs into copies of the renderer: the worlds of the tests must notice each one; as root.
	node test/mesh/seeded-bugs/main.ts

##@ Checks
.PHONY: bench
bench: control-plane ## Print figures: the operator beside a raw client on one server; a few minutes.
	node hack/build.ts
	node test/bench/bench.ts

.PHONY: verify test
verify: install ## Check types, lint, layers, purity, unit tests, goldens, generated files; needs Node alone.
	node hack/run-suites.ts verify

test: install toolchain ## Check everything that CI checks.
	node hack/run-suites.ts test
