// registrar does what csi-node-driver-registrar does, which the module proxy does not have: it tells the kubelet of the driver.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

const name = "pd.csi.storage.gke.io"

type server struct {
	registration.UnimplementedRegistrationServer
	endpoint string
}

func (s server) GetInfo(context.Context, *registration.InfoRequest) (*registration.PluginInfo, error) {
	return &registration.PluginInfo{Type: registration.CSIPlugin, Name: name, Endpoint: s.endpoint, SupportedVersions: []string{"1.0.0"}}, nil
}

func (s server) NotifyRegistrationStatus(_ context.Context, status *registration.RegistrationStatus) (*registration.RegistrationStatusResponse, error) {
	if !status.PluginRegistered {
		log.Fatalf("the kubelet refuses the driver: %s", status.Error)
	}
	return &registration.RegistrationStatusResponse{}, nil
}

func main() {
	address := flag.String("csi-address", "", "")
	endpoint := flag.String("kubelet-registration-path", "", "")
	flag.Parse()
	// The driver comes first.
	for {
		if driver, err := net.Dial("unix", *address); err == nil {
			driver.Close()
			break
		}
		time.Sleep(time.Second)
	}
	socket := "/registration/" + name + "-reg.sock"
	if err := os.Remove(socket); err != nil && !os.IsNotExist(err) {
		log.Fatal(err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		log.Fatal(err)
	}
	plugin := grpc.NewServer()
	registration.RegisterRegistrationServer(plugin, server{endpoint: *endpoint})
	log.Fatal(plugin.Serve(listener))
}
