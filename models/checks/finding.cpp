// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/finding.h"

namespace turnstone {

using namespace Qt::StringLiterals;

QString severityName(FindingSeverity severity)
{
    switch (severity) {
    case FindingSeverity::Error: return u"error"_s;
    case FindingSeverity::Note: return u"note"_s;
    case FindingSeverity::Warning: break;
    }
    return u"warning"_s;
}

FindingSeverity severityFromName(const QString &name)
{
    if (name == u"error")
        return FindingSeverity::Error;
    return name == u"note" ? FindingSeverity::Note : FindingSeverity::Warning;
}

} // namespace turnstone
