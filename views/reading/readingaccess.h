// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace turnstone {

class ReadingView;

/// Makes reading views known to the screen reader: a list whose items are the entries that can be seen. May be called again.
void installReadingAccess();
void announceCurrent(ReadingView *view);

} // namespace turnstone
