// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/conflicttexts.h"

#include "models/core/async.h"
#include "views/editing/difftext.h"
#include "views/widgets/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QTextCursor>
#include <QTextEdit>
#include <QThreadPool>
#include <QtConcurrent>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longestLine = 200;      // characters that the list of fields shows
constexpr qsizetype longestText = 200'000;  // characters laid out whole; of longer texts, what is the same is cut

QString textOf(const std::optional<Value> &value)
{
    return !value || value->isNull() ? QString() : value->toDisplayText();
}

QString headOf(const QString &words, const Value &value)
{
    return value.isNull() ? words + u" · NULL"_s : value.toDisplayText().isEmpty() ? words + u" · "_s + ConflictTexts::tr("empty") : words;
}

} // namespace

ConflictTexts::ConflictTexts(QWidget *parent) : QWidget(parent), m_nowHead(new QLabel(this)), m_mineHead(new QLabel(this)), m_now(new QTextEdit(this)), m_mine(new QTextEdit(this))
{
    setObjectName(u"conflictTexts"_s);
    m_now->setObjectName(u"conflictTextNow"_s);
    m_now->setAccessibleName(tr("Stored now, with what differs from when you edited it"));
    m_mine->setObjectName(u"conflictTextMine"_s);
    m_mine->setAccessibleName(tr("Yours, with what differs from when you edited it"));
    auto *layout = new QGridLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::space2);
    int column = 0;
    for (const auto &[head, side] : {std::pair(m_nowHead, m_now), std::pair(m_mineHead, m_mine)}) {
        head->setForegroundRole(QPalette::PlaceholderText);
        head->setTextFormat(Qt::PlainText);
        side->setReadOnly(true);
        side->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        side->setFont(sizedFont(font(), metrics::readingPx));
        layout->addWidget(head, 0, column);
        layout->addWidget(side, 1, column);
        layout->setColumnStretch(column++, 1);
    }
    layout->setRowStretch(1, 1);
}

ConflictTexts::~ConflictTexts()
{
    m_stop.request_stop();
}

bool ConflictTexts::isLong(const Value &value)
{
    const QString text = textOf(value);
    return text.size() > longestLine || text.simplified() != text;
}

void ConflictTexts::setTexts(const std::optional<Value> &before, const Value &now, const std::optional<Value> &mine)
{
    m_stop.request_stop();
    m_stop = {};
    const QString ground = textOf(before ? *before : now);
    m_nowHead->setText(headOf(tr("Stored now"), now));
    compare(m_now, ground, textOf(now));
    m_mineHead->setVisible(mine.has_value());
    m_mine->setVisible(mine.has_value());
    if (mine) {
        m_mineHead->setText(headOf(tr("Yours"), *mine));
        compare(m_mine, ground, textOf(mine));
    }
}

void ConflictTexts::compare(QTextEdit *side, const QString &before, const QString &after)
{
    side->clear();
    side->setPlaceholderText(before.isEmpty() && after.isEmpty() ? QString() : tr("Comparing…"));
    const std::stop_token stop = m_stop.get_token();
    onResult(QtConcurrent::run(QThreadPool::globalInstance(), [before, after, stop] { return diffTexts(before, after, stop); }), this,
             [side, before, after, stop](const TextDiff &diff) {
                 if (!stop.stop_requested())
                     write(side, before, after, diff);
             });
}

void ConflictTexts::write(QTextEdit *side, const QString &before, const QString &after, const TextDiff &diff)
{
    const DiffFormats formats = DiffFormats::of(side->palette());
    const bool isWhole = before.size() + after.size() <= 2 * longestText;
    const auto cut = [](const QString &text) { return text.size() <= longestText ? text : text.left(longestText) + u'…'; };
    side->clear();
    side->setPlaceholderText(QString());
    QTextCursor cursor(side->document());
    cursor.beginEditBlock();
    int firstChange = -1;
    for (std::size_t i = 0; i < diff.runs.size(); ++i) {
        const DiffRun &run = diff.runs[i];
        if (run.kind != DiffRun::Kind::Same && firstChange < 0)
            firstChange = cursor.position();
        switch (run.kind) {
        case DiffRun::Kind::Same: {
            const QString same = after.mid(run.secondStart, run.secondLength);
            cursor.insertText(isWhole ? same : shortenedSame(same, i == 0, i + 1 == diff.runs.size()), QTextCharFormat());
            break;
        }
        case DiffRun::Kind::Removed: cursor.insertText(cut(before.mid(run.firstStart, run.firstLength)), formats.removed); break;
        case DiffRun::Kind::Added: cursor.insertText(cut(after.mid(run.secondStart, run.secondLength)), formats.added); break;
        }
    }
    cursor.endEditBlock();
    cursor.setPosition(std::max(firstChange, 0));
    side->setTextCursor(cursor);
    side->ensureCursorVisible();
}

} // namespace turnstone
