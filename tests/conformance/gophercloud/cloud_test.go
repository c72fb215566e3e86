// What Terraform's provider and others do with gophercloud, from an image to a server that the world reaches and
// back to nothing.  The cloud is the one of OS_CLOUD in OS_CLIENT_CONFIG_FILE.
package conformance

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/blockstorage/v3/volumes"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/flavors"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/volumeattach"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/projects"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/imagedata"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/external"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/layer3/floatingips"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/layer3/routers"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/security/groups"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/security/rules"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/networks"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/ports"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/subnets"
)

type opener func(*gophercloud.ProviderClient, gophercloud.EndpointOpts) (*gophercloud.ServiceClient, error)

// signedIn is a client of whom the environment names.
func signedIn(t *testing.T) *gophercloud.ProviderClient {
	t.Helper()
	options, _, tls, err := clouds.Parse()
	done(t, err)
	return must(config.NewProviderClient(t.Context(), options, config.WithTLSConfig(tls)))(t)
}

func service(t *testing.T, open opener) *gophercloud.ServiceClient {
	t.Helper()
	return must(open(signedIn(t), gophercloud.EndpointOpts{Region: "RegionOne"}))(t)
}

// must ends the test at an error: must(f())(t).
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, not %v", what, got, want)
	}
}

// gone waits until a thing is not found any more.
func gone(t *testing.T, get func(context.Context) error) {
	t.Helper()
	for range 100 {
		if gophercloud.ResponseCodeIs(get(t.Context()), http.StatusNotFound) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("it stays")
}

func TestIdentity(t *testing.T) {
	identity := service(t, openstack.NewIdentityV3)
	token := tokens.Get(t.Context(), identity, identity.Token())
	user := must(token.ExtractUser())(t)
	project := must(token.ExtractProject())(t)
	equal(t, "domain of the user", user.Domain.ID, "default")
	catalog := must(token.ExtractServiceCatalog())(t)
	for _, wanted := range []string{"compute", "identity", "image", "network", "placement", "block-storage"} {
		if !slices.ContainsFunc(catalog.Entries, func(e tokens.CatalogEntry) bool { return e.Type == wanted }) {
			t.Errorf("%s is not in the catalogue", wanted)
		}
	}
	own := must(projects.ListAvailable(identity).AllPages(t.Context()))(t)
	mine := must(projects.ExtractProjects(own))(t)
	if !slices.ContainsFunc(mine, func(p projects.Project) bool { return p.ID == project.ID }) {
		t.Errorf("%s is not among one's projects", project.Name)
	}
}

func TestImages(t *testing.T) {
	image := service(t, openstack.NewImageV2)
	content := bytes.Repeat([]byte("fakecompute"), 10_000)
	made := must(images.Create(t.Context(), image, images.CreateOpts{
		Name: "gopher", DiskFormat: "raw", ContainerFormat: "bare", Properties: map[string]string{"hw_disk_bus": "scsi"},
	}).Extract())(t)
	equal(t, "status", made.Status, images.ImageStatusQueued)
	done(t, imagedata.Upload(t.Context(), image, made.ID, bytes.NewReader(content)).ExtractErr())
	shown := must(images.Get(t.Context(), image, made.ID).Extract())(t)
	equal(t, "status", shown.Status, images.ImageStatusActive)
	equal(t, "size", shown.SizeBytes, int64(len(content)))
	equal(t, "checksum", shown.Checksum, fmt.Sprintf("%x", md5.Sum(content)))
	equal(t, "property", shown.Properties["hw_disk_bus"], any("scsi"))
	data := must(imagedata.Download(t.Context(), image, made.ID).Extract())(t)
	if !bytes.Equal(must(io.ReadAll(data))(t), content) {
		t.Error("what comes back is not what was sent")
	}
	renamed := must(images.Update(t.Context(), image, made.ID, images.UpdateOpts{
		images.ReplaceImageName{NewName: "marmot"}, images.ReplaceImageTags{NewTags: []string{"small"}},
	}).Extract())(t)
	equal(t, "name", renamed.Name, "marmot")
	found := must(images.List(image, images.ListOpts{Tags: []string{"small"}}).AllPages(t.Context()))(t)
	equal(t, "images of the tag", len(must(images.ExtractImages(found))(t)), 1)
	done(t, images.Delete(t.Context(), image, made.ID).ExtractErr())
}

// a place of one's own: a network behind a router.
type place struct {
	outside, network, subnet, router string
}

func newPlace(t *testing.T, network *gophercloud.ServiceClient) place {
	t.Helper()
	yes := true
	pages := must(networks.List(network, external.ListOptsExt{
		ListOptsBuilder: networks.ListOpts{}, External: &yes,
	}).AllPages(t.Context()))(t)
	outside := must(networks.ExtractNetworks(pages))(t)[0].ID
	made := must(networks.Create(t.Context(), network, networks.CreateOpts{Name: "burrow"}).Extract())(t)
	subnet := must(subnets.Create(t.Context(), network, subnets.CreateOpts{
		NetworkID: made.ID, CIDR: "192.168.77.0/24", IPVersion: gophercloud.IPv4, DNSNameservers: []string{"9.9.9.9"},
	}).Extract())(t)
	router := must(routers.Create(t.Context(), network, routers.CreateOpts{
		Name: "burrow", GatewayInfo: &routers.GatewayInfo{NetworkID: outside},
	}).Extract())(t)
	must(routers.AddInterface(t.Context(), network, router.ID, routers.AddInterfaceOpts{SubnetID: subnet.ID}).Extract())(t)
	return place{outside, made.ID, subnet.ID, router.ID}
}

func (p place) remove(t *testing.T, network *gophercloud.ServiceClient) {
	t.Helper()
	refused := routers.Delete(t.Context(), network, p.router).ExtractErr()
	equal(t, "a router in use is a conflict", gophercloud.ResponseCodeIs(refused, http.StatusConflict), true)
	must(routers.RemoveInterface(t.Context(), network, p.router, routers.RemoveInterfaceOpts{SubnetID: p.subnet}).Extract())(t)
	done(t, routers.Delete(t.Context(), network, p.router).ExtractErr())
	done(t, networks.Delete(t.Context(), network, p.network).ExtractErr())
}

func TestServerThatTheWorldReaches(t *testing.T) {
	network, compute := service(t, openstack.NewNetworkV2), service(t, openstack.NewComputeV2)
	block, image := service(t, openstack.NewBlockStorageV3), service(t, openstack.NewImageV2)
	here := newPlace(t, network)

	group := must(groups.Create(t.Context(), network, groups.CreateOpts{Name: "web"}).Extract())(t)
	must(rules.Create(t.Context(), network, rules.CreateOpts{
		SecGroupID: group.ID, Direction: rules.DirIngress, EtherType: rules.EtherType4,
		Protocol: rules.ProtocolTCP, PortRangeMin: 80, PortRangeMax: 80,
	}).Extract())(t)
	port := must(ports.Create(t.Context(), network, ports.CreateOpts{
		NetworkID: here.network, Name: "door", SecurityGroups: &[]string{group.ID},
		FixedIPs: []ports.IP{{SubnetID: here.subnet, IPAddress: "192.168.77.7"}},
	}).Extract())(t)
	floating := must(floatingips.Create(t.Context(), network, floatingips.CreateOpts{
		FloatingNetworkID: here.outside, PortID: port.ID,
	}).Extract())(t)
	equal(t, "fixed address", floating.FixedIP, "192.168.77.7")

	server := newServer(t, compute, image, port.ID)
	equal(t, "addresses", len(server.Addresses["burrow"].([]any)), 2)
	withVolume(t, compute, block, server.ID)

	done(t, servers.Delete(t.Context(), compute, server.ID).ExtractErr())
	gone(t, func(c context.Context) error { return servers.Get(c, compute, server.ID).Err })
	done(t, floatingips.Delete(t.Context(), network, floating.ID).ExtractErr())
	done(t, ports.Delete(t.Context(), network, port.ID).ExtractErr())
	done(t, groups.Delete(t.Context(), network, group.ID).ExtractErr())
	here.remove(t, network)
}

func newServer(t *testing.T, compute, image *gophercloud.ServiceClient, port string) *servers.Server {
	t.Helper()
	sizes := must(flavors.ExtractFlavors(must(flavors.ListDetail(compute, nil).AllPages(t.Context()))(t)))(t)
	disks := must(images.ExtractImages(must(images.List(image, images.ListOpts{}).AllPages(t.Context()))(t)))(t)
	small := slices.MinFunc(sizes, func(a, b flavors.Flavor) int { return a.RAM - b.RAM })
	from := slices.MinFunc(disks, func(a, b images.Image) int { return a.MinDiskGigabytes - b.MinDiskGigabytes })
	made := must(servers.Create(t.Context(), compute, servers.CreateOpts{
		Name: "gopher", FlavorRef: small.ID, ImageRef: from.ID, Networks: []servers.Network{{Port: port}},
		Metadata: map[string]string{"den": "7"},
	}, nil).Extract())(t)
	done(t, servers.WaitForStatus(t.Context(), compute, made.ID, "ACTIVE"))
	return must(servers.Get(t.Context(), compute, made.ID).Extract())(t)
}

// withVolume attaches a volume to a server and takes it away.
func withVolume(t *testing.T, compute, block *gophercloud.ServiceClient, server string) {
	t.Helper()
	made := must(volumes.Create(t.Context(), block, volumes.CreateOpts{Size: 1, Name: "acorns"}, nil).Extract())(t)
	done(t, volumes.WaitForStatus(t.Context(), block, made.ID, "available"))
	must(volumeattach.Create(t.Context(), compute, server, volumeattach.CreateOpts{VolumeID: made.ID}).Extract())(t)
	done(t, volumes.WaitForStatus(t.Context(), block, made.ID, "in-use"))
	attached := must(volumes.Get(t.Context(), block, made.ID).Extract())(t)
	equal(t, "server of the volume", attached.Attachments[0].ServerID, server)
	done(t, volumeattach.Delete(t.Context(), compute, server, made.ID).ExtractErr())
	done(t, volumes.WaitForStatus(t.Context(), block, made.ID, "available"))
	done(t, volumes.Delete(t.Context(), block, made.ID, nil).ExtractErr())
	gone(t, func(c context.Context) error { return volumes.Get(c, block, made.ID).Err })
}
