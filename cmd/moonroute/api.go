package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/modules"
)

// apiFlags are the flags of moonroute api.
type apiFlags struct {
	json, stubs, modules bool
	readme               string
}

func apiCommand() *cobra.Command {
	var f apiFlags
	cmd := &cobra.Command{
		Use:   "api [--json | --stubs | --modules | --readme DIR] [NAME]",
		Short: "List the KSR functions, parameters, variables and commands of this build",
		Long: "Lists what scripts and operators can use, as the tables of the modules declare it.\n" +
			"NAME is a module, of which everything is shown, or a part of a function's name.",
		Example: "  moonroute api                     all functions\n" +
			"  moonroute api htable              all about one module\n" +
			"  moonroute api KSR.is_             the functions whose names begin so\n" +
			"  moonroute api --modules           the modules\n" +
			"  moonroute api --stubs >ksr.lua    declarations for the Lua language server\n" +
			"  moonroute api --readme modules    update the tables in modules/NAME/README.md",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				name = args[0]
			}
			return f.write(cmd.OutOrStdout(), kemi.Document(modules.All()), name)
		},
	}
	set := cmd.Flags()
	set.BoolVar(&f.json, "json", false, "everything as JSON")
	set.BoolVar(&f.stubs, "stubs", false, "declarations for the Lua language server")
	set.BoolVar(&f.modules, "modules", false, "names of the modules")
	set.StringVar(&f.readme, "readme", "", "update the README of each module below `DIR`")
	cmd.MarkFlagsMutuallyExclusive("json", "stubs", "modules", "readme")
	return cmd
}

func (f *apiFlags) write(out io.Writer, docs []*kemi.ModuleDoc, name string) error {
	only := pickModule(docs, name)
	if only != nil {
		docs = []*kemi.ModuleDoc{only}
	}
	switch {
	case f.json:
		return kemi.WriteDocJSON(out, docs)
	case f.stubs:
		return kemi.WriteStubs(out, docs)
	case f.modules:
		return kemi.WriteModules(out, docs)
	case f.readme != "":
		return writeReadmes(f.readme, docs)
	case only != nil:
		_, err := fmt.Fprintf(out, "# %s\n\n%s\n\n%s", only.Name, only.Doc, only.Reference())
		return err
	}
	return kemi.WriteFunctions(out, docs, name)
}

// pickModule is the module with that name, or nil.
func pickModule(docs []*kemi.ModuleDoc, name string) *kemi.ModuleDoc {
	for _, d := range docs {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// writeReadmes makes the generated part of each README anew and keeps the rest.
func writeReadmes(dir string, docs []*kemi.ModuleDoc) error {
	for _, d := range docs {
		path := filepath.Join(dir, d.Name, "README.md")
		present, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.WriteFile(path, []byte(d.Readme(string(present))), 0o644); err != nil {
			return err
		}
	}
	return nil
}
