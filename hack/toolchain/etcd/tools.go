//go:build tools

// Package tools pins etcd, one part of the test bed.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
)
