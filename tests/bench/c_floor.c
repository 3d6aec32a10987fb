/* The least that any forwarder costs: a copy, SRTP and one sendmmsg per packet, for a fixed set of viewers. */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define MOST_VIEWERS 64
#define SLOT 2048

typedef int (*protect_t)(void *session, void *packet, int *length);

/* Sends `count` packets of `length` bytes, numbered from `first` on, to all; how many datagrams the kernel took, or -1. */
long c_floor(protect_t protect, void **sessions, const struct sockaddr_in *names, int viewers, int descriptor,
             uint32_t ssrc, int first, int length, int count)
{
    static uint8_t arena[MOST_VIEWERS][SLOT];
    uint8_t packet[SLOT] = {0x80, 96};
    struct mmsghdr headers[MOST_VIEWERS] = {0};
    struct iovec vectors[MOST_VIEWERS];
    long sent = 0;

    memcpy(packet + 8, &ssrc, 4);
    for (int viewer = 0; viewer < viewers; viewer++) {
        vectors[viewer].iov_base = arena[viewer];
        headers[viewer].msg_hdr.msg_name = (void *)&names[viewer];
        headers[viewer].msg_hdr.msg_namelen = sizeof names[viewer];
        headers[viewer].msg_hdr.msg_iov = &vectors[viewer];
        headers[viewer].msg_hdr.msg_iovlen = 1;
    }
    for (int number = first; number < first + count; number++) {
        uint16_t sequence = htons((uint16_t)number);
        memcpy(packet + 2, &sequence, 2);
        for (int viewer = 0; viewer < viewers; viewer++) {
            int size = length;
            memcpy(arena[viewer], packet, length);
            if (protect(sessions[viewer], arena[viewer], &size))
                return -1;
            vectors[viewer].iov_len = size;
        }
        int taken = sendmmsg(descriptor, headers, viewers, 0);
        if (taken > 0)
            sent += taken;
    }
    return sent;
}
