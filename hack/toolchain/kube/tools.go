//go:build tools

// Package tools pins kube-apiserver, kube-controller-manager and kubectl, parts of the test bed.
package tools

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
