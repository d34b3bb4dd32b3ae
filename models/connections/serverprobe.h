// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/error.h"
#include "models/database/databaseurl.h"

#include <chrono>
#include <optional>
#include <stop_token>
#include <vector>

namespace turnstone {

/// What one host of a URL said when it was asked for a connection.
struct HostAnswer
{
    /// The URL with this host alone.
    DatabaseUrl url;
    QString place; ///< "host:port", or the folder of the socket
    /// Empty if it let the user in. The message says what failed and what to do, the detail is libpq's text without the password.
    std::optional<Error> error;
    bool isEncrypted = false;
    QString encryption; ///< protocol and cipher
};

/// Asks all hosts of a PostgreSQL URL at the same time for a connection, and closes it again. Unlike opening a connection
/// through Qt it can be stopped while a server does not answer. Each host gets `timeout`, 0 for any time; the URL's own
/// target_session_attrs do not matter here. Blocks; ends soon after `stop`, then with the answers so far as Cancelled
/// (only looking up a host's name cannot be interrupted). Any thread.
[[nodiscard]] std::vector<HostAnswer> probeHosts(const DatabaseUrl &url, std::chrono::seconds timeout, const std::stop_token &stop = {});

} // namespace turnstone
