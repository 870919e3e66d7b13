// Command etcd is etcd as it is released: its main function cannot be built from outside its own module. Those of etcdctl and
// etcdutl can: go.mod names them as tools.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
