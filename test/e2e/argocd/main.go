// Command argocd is what Argo CD applies with, as it is: its application controller and its repository server, and in the
// place of Redis the one that Argo CD itself brings for its command line.
package main

import (
	"fmt"
	"os"

	"github.com/alicebob/miniredis/v2"
	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/spf13/cobra"
)

// redis listens until it is killed, and prints where.
func redis(*cobra.Command, []string) error {
	server, err := miniredis.Run()
	if err != nil {
		return err
	}
	fmt.Println(server.Addr())
	select {}
}

func main() {
	root := &cobra.Command{Use: "argocd"}
	root.AddCommand(controller.NewCommand(), reposerver.NewCommand(), &cobra.Command{Use: "redis", RunE: redis})
	if root.Execute() != nil {
		os.Exit(1)
	}
}
