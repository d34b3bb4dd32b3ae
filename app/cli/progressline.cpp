// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progressline.h"

#include <QCoreApplication>

namespace turnstone::cli {

namespace {

struct ProgressLineText
{
    Q_DECLARE_TR_FUNCTIONS(ProgressLine)
};

} // namespace

ProgressLine::~ProgressLine()
{
    if (m_shown)
        m_streams.err("\r\033[K");
}

void ProgressLine::show(const QString &text)
{
    if (!m_streams.errIsTerminal)
        return;
    m_shown = true;
    m_streams.err("\r\033[K" + text.toUtf8());
}

void ProgressLine::show(qint64 rows, double fraction)
{
    if (!m_streams.errIsTerminal)
        return;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    QString text = ProgressLineText::tr("%L1 rows").arg(rows);
    if (seconds > 0.5)
        text += ProgressLineText::tr(", %L1 a second").arg(static_cast<qint64>(static_cast<double>(rows) / seconds));
    if (fraction > 0.001 && seconds > 0.5)
        text += ProgressLineText::tr(", %1 %, %2 s left").arg(static_cast<int>(fraction * 100)).arg(static_cast<int>(seconds / fraction - seconds + 0.5));
    show(text);
}

} // namespace turnstone::cli
