"""Other tile servers, served the same table on the same machine in the same run."""

from bench.peers.go import Tegola, Tileserv
from bench.peers.mapserver import MapServer
from bench.peers.martin import Martin
from bench.peers.peer import Peer
from bench.peers.tipg import Tipg

PEERS: tuple[Peer, ...] = (Tipg(), MapServer(), Martin(), Tileserv(), Tegola())
