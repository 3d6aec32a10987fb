// The smallest forwarding server on Pion: one publisher, any number of viewers, one UDP port, NACK and reports on.
// Arguments: address and TCP port to listen on.
//
//	GET  /publish, /view   an offer: {"id", "sdp"}
//	POST /answer/ID        {"sdp"}
package main

import (
	"encoding/json"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v3"
)

var kinds = []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo}

var codecs = map[webrtc.RTPCodecType]webrtc.RTPCodecParameters{
	webrtc.RTPCodecTypeAudio: {PayloadType: 111, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}},
	webrtc.RTPCodecTypeVideo: {PayloadType: 96, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeVP8, ClockRate: 90000,
		RTCPFeedback: []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}}}},
}

type server struct {
	api    *webrtc.API
	tracks map[webrtc.RTPCodecType]*webrtc.TrackLocalStaticRTP
	mutex  sync.Mutex
	peers  map[string]*webrtc.PeerConnection
}

func main() {
	s := &server{api: newAPI(net.ParseIP(os.Args[1])), tracks: map[webrtc.RTPCodecType]*webrtc.TrackLocalStaticRTP{}, peers: map[string]*webrtc.PeerConnection{}}
	for _, kind := range kinds {
		track, err := webrtc.NewTrackLocalStaticRTP(codecs[kind].RTPCodecCapability, kind.String(), "hall")
		must(err)
		s.tracks[kind] = track
	}
	http.HandleFunc("/publish", s.publish)
	http.HandleFunc("/view", s.view)
	http.HandleFunc("/answer/", s.answer)
	log.Fatal(http.ListenAndServe(net.JoinHostPort(os.Args[1], os.Args[2]), nil))
}

func newAPI(host net.IP) *webrtc.API {
	media := &webrtc.MediaEngine{}
	for _, kind := range kinds {
		must(media.RegisterCodec(codecs[kind], kind))
	}
	interceptors := &interceptor.Registry{}
	must(webrtc.ConfigureNack(media, interceptors))
	must(webrtc.ConfigureRTCPReports(interceptors))
	setting := webrtc.SettingEngine{}
	setting.SetIPFilter(func(ip net.IP) bool { return ip.Equal(host) })
	setting.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: host})
	must(err)
	setting.SetICEUDPMux(webrtc.NewICEUDPMux(nil, socket))
	return webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(interceptors), webrtc.WithSettingEngine(setting))
}

func (s *server) publish(w http.ResponseWriter, _ *http.Request) {
	peer, err := s.api.NewPeerConnection(webrtc.Configuration{})
	must(err)
	for _, kind := range kinds {
		_, err := peer.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		must(err)
	}
	peer.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		local, packet := s.tracks[remote.Kind()], make([]byte, 1500)
		for {
			length, _, err := remote.Read(packet)
			if err != nil {
				return
			}
			_, _ = local.Write(packet[:length])
		}
	})
	s.offer(w, peer)
}

func (s *server) view(w http.ResponseWriter, _ *http.Request) {
	peer, err := s.api.NewPeerConnection(webrtc.Configuration{})
	must(err)
	for _, kind := range kinds {
		sender, err := peer.AddTrack(s.tracks[kind])
		must(err)
		go func() {
			for feedback := make([]byte, 1500); ; {
				if _, _, err := sender.Read(feedback); err != nil {
					return
				}
			}
		}()
	}
	s.offer(w, peer)
}

func (s *server) offer(w http.ResponseWriter, peer *webrtc.PeerConnection) {
	description, err := peer.CreateOffer(nil)
	must(err)
	gathered := webrtc.GatheringCompletePromise(peer)
	must(peer.SetLocalDescription(description))
	<-gathered
	s.mutex.Lock()
	id := strconv.Itoa(len(s.peers))
	s.peers[id] = peer
	s.mutex.Unlock()
	must(json.NewEncoder(w).Encode(map[string]string{"id": id, "sdp": peer.LocalDescription().SDP}))
}

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	var told struct{ SDP string }
	must(json.NewDecoder(r.Body).Decode(&told))
	s.mutex.Lock()
	peer := s.peers[strings.TrimPrefix(r.URL.Path, "/answer/")]
	s.mutex.Unlock()
	must(peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: told.SDP}))
}

func must(err error) {
	if err != nil {
		log.Panic(err)
	}
}
