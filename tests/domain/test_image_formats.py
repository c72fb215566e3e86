"""Formats of images, from their bytes."""

import pytest

from fakecompute.domain.image_formats import FormatMismatch, detect, qcow2, virtual_size


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"QFI\xfb rest", "qcow2"),
        (b"KDMV rest", "vmdk"),
        (b"vhdxfile", "vhdx"),
        (b"conectix", "vhd"),
        (bytes(0x40) + b"\x7f\x10\xda\xbe", "vdi"),
        (bytes(0x8001) + b"CD001", "iso"),
        (b"anything", "raw"),
        (b"", "raw"),
    ],
)
def test_a_format_shows_itself(data, form):
    assert detect(data) == form


def test_a_qcow2_is_as_large_as_it_says():
    assert virtual_size(qcow2(3 << 30, "a"), "qcow2") == 3 << 30


def test_a_raw_disk_is_as_large_as_its_bytes():
    assert virtual_size(b"hello", "raw") == 5


def test_a_kernel_has_no_size():
    assert virtual_size(b"hello", "aki") is None


def test_a_header_cut_short_has_no_size():
    assert virtual_size(b"QFI\xfb", "qcow2") is None


@pytest.mark.parametrize(
    ("data", "claimed"), [(b"hello", "qcow2"), (qcow2(1, "a"), "vmdk"), (qcow2(1, "a"), "aki")]
)
def test_bytes_of_another_format(data, claimed):
    with pytest.raises(FormatMismatch):
        virtual_size(data, claimed)


def test_names_tell_bytes_apart():
    assert qcow2(1, "a") != qcow2(1, "b")
