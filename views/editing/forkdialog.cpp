// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/forkdialog.h"

#include "models/core/async.h"
#include "views/editing/difftext.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTextEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

ForkDialog::ForkDialog(const EditTarget &target, const Value &before, const Value &after, const QString &sentence, QWidget *parent)
    : QDialog(parent), m_summary(new QLabel(tr("Comparing…"), this)), m_difference(new QTextEdit(this))
{
    setObjectName(u"forkDialog"_s);
    setWindowTitle(tr("Fork %1").arg(target.image.address.text()));
    resize(scaled(640), scaled(460));
    auto *why = new QLabel(sentence, this);
    why->setObjectName(u"forkSentence"_s);
    why->setWordWrap(true);
    auto *about = new QLabel(tr("A fork is a new row with your change that points to this one. This one stays as it is."), this);
    about->setWordWrap(true);
    about->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setObjectName(u"forkSummary"_s);
    m_difference->setObjectName(u"forkDifference"_s);
    m_difference->setAccessibleName(tr("Difference from the parent in %1").arg(target.column));
    m_difference->setReadOnly(true);
    m_difference->setFont(sizedFont(font(), metrics::readingPx));
    auto *cancel = new QPushButton(tr("Cancel"), this);
    cancel->setObjectName(u"cancelFork"_s);
    auto *fork = new QPushButton(tr("Fork"), this);
    fork->setObjectName(u"forkRow"_s);
    fork->setDefault(true);
    auto *foot = new QHBoxLayout;
    foot->addStretch(1);
    foot->addWidget(cancel);
    foot->addWidget(fork);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::space4, metrics::space4, metrics::space4, metrics::space4);
    layout->setSpacing(metrics::space3);
    layout->addWidget(why);
    layout->addWidget(about);
    layout->addWidget(m_summary);
    layout->addWidget(m_difference, 1);
    layout->addLayout(foot);
    fork->setFocus();
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(fork, &QPushButton::clicked, this, [this] {
        emit forked();
        accept();
    });
    const QString first = before.isNull() ? QString() : before.toDisplayText();
    const QString second = after.isNull() ? QString() : after.toDisplayText();
    // The texts may be long; the pool's thread has the time.
    const auto compare = [first, second, stop = m_stop.get_token()](Connection &) -> Result<TextDiff> { return diffTexts(first, second, stop); };
    onResult(target.context.pool->read(compare, m_stop.get_token()), this, [this, first, second](const Result<TextDiff> &diff) {
        if (diff)
            show(first, second, *diff);
    });
}

ForkDialog::~ForkDialog()
{
    m_stop.request_stop();
}

void ForkDialog::show(const QString &before, const QString &after, const TextDiff &diff)
{
    const auto [removed, added] = DiffFormats::of(palette());
    qsizetype gone = 0;
    qsizetype come = 0;
    m_difference->clear();
    QTextCursor cursor(m_difference->document());
    int firstChange = -1;
    for (std::size_t i = 0; i < diff.runs.size(); ++i) {
        const DiffRun &run = diff.runs[i];
        const QString first = before.mid(run.firstStart, run.firstLength);
        const QString second = after.mid(run.secondStart, run.secondLength);
        if (run.kind != DiffRun::Kind::Same && firstChange < 0)
            firstChange = cursor.position();
        switch (run.kind) {
        case DiffRun::Kind::Same: cursor.insertText(shortenedSame(first, i == 0, i + 1 == diff.runs.size()), QTextCharFormat()); break;
        case DiffRun::Kind::Removed:
            gone += first.size();
            cursor.insertText(first, removed);
            break;
        case DiffRun::Kind::Added:
            come += second.size();
            cursor.insertText(second, added);
            break;
        }
    }
    const QLocale locale;
    m_summary->setText(tr("Different from its parent: %1 characters less (struck through), %2 more (underlined).").arg(locale.toString(gone), locale.toString(come)));
    cursor.setPosition(std::max(firstChange, 0));
    m_difference->setTextCursor(cursor);
    m_difference->ensureCursorVisible();
}

} // namespace turnstone
