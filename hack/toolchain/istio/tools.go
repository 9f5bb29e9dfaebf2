//go:build tools

// Package tools pins istiod, istioctl and pilot-agent, parts of the test bed, and the CRDs that the Istio types come from.
package tools

import (
	_ "istio.io/istio/istioctl/cmd/istioctl"
	_ "istio.io/istio/pilot/cmd/pilot-agent"
	_ "istio.io/istio/pilot/cmd/pilot-discovery"
)
