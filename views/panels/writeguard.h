// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"

#include <QObject>

#include <functional>

namespace turnstone {

/// What the safety level of a connection lets a panel do. Every path that writes asks writeRefusal() twice: when it is offered, so that nobody
/// answers a question for nothing, and when it begins, because the level may have changed meanwhile. GUI thread only.

/// Why nothing may be written to the database now, and how to allow it; empty if it may.
QString writeRefusal(const DatabaseContext &context);
/// Whether somebody must confirm what is about to be written. Where nobody chose a level: yes.
bool asksBeforeWriting(const DatabaseContext &context);
/// Calls `changed` whenever the level is chosen anew, as long as `receiver` lives.
void onWriteAccessChanged(const DatabaseContext &context, QObject *receiver, std::function<void()> changed);

} // namespace turnstone
