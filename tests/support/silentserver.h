// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace turnstone {

/// Takes connections on a port of 127.0.0.1 and never says a word.
class SilentServer
{
public:
    SilentServer() : m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto *general = reinterpret_cast<sockaddr *>(&address);
        if (::bind(m_listener, general, size) == 0 && ::listen(m_listener, 16) == 0 && ::getsockname(m_listener, general, &size) == 0)
            m_port = ntohs(address.sin_port);
    }
    ~SilentServer() { hangUp(); }
    SilentServer(const SilentServer &) = delete;
    SilentServer &operator=(const SilentServer &) = delete;

    /// 0 if the port could not be opened.
    int port() const { return m_port; }
    /// Whether somebody is waiting for an answer.
    bool isCalled() const
    {
        pollfd one{m_listener, POLLIN, 0};
        return ::poll(&one, 1, 0) == 1;
    }
    /// Whoever called is sent away.
    void hangUp() const
    {
        if (m_isOpen)
            ::close(m_listener);
        m_isOpen = false;
    }

private:
    int m_listener;
    int m_port = 0;
    mutable bool m_isOpen = true;
};

} // namespace turnstone
