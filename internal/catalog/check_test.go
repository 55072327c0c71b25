package catalog

import (
	"testing"
)

func TestTheCatalogueGoesTogether(t *testing.T) {
	for _, err := range Check() {
		t.Error(err)
	}
}
