// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/taskbar.h"

#include "views/widgets/icons.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QTimer>
#include <QToolButton>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {
constexpr int noteMs = 4'000;
constexpr int delayMs = 200;
constexpr int steps = 1'000;
}

TaskBar::TaskBar(QWidget *parent) : QWidget(parent), m_delay(new QTimer(this)), m_text(new QLabel(this)), m_progress(new QProgressBar(this)), m_stop(new QToolButton(this))
{
    setObjectName(u"taskBar"_s);
    m_text->setObjectName(u"statusWork"_s);
    m_text->setFont(sizedFont(font(), metrics::captionPx));
    m_progress->setObjectName(u"taskProgress"_s);
    m_progress->setAccessibleName(tr("Progress"));
    m_progress->setTextVisible(false);
    m_progress->setFixedSize(100, metrics::space2);
    m_stop->setObjectName(u"taskStop"_s);
    m_stop->setAccessibleName(tr("Stop the task"));
    m_stop->setToolTip(tr("Stop"));
    m_stop->setIconSize({metrics::space3, metrics::space3});
    m_stop->setAutoRaise(true);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(metrics::space2, 0, metrics::space2, 0);
    layout->addWidget(m_text);
    layout->addWidget(m_progress);
    layout->addWidget(m_stop);
    m_delay->setSingleShot(true);
    m_delay->setInterval(delayMs);
    connect(m_delay, &QTimer::timeout, this, &TaskBar::show);
    connect(m_stop, &QToolButton::clicked, this, [this] {
        if (!m_tasks.empty() && m_tasks.back().cancel)
            m_tasks.back().cancel();
    });
    show();
}

TaskBar::Task *TaskBar::task(int id)
{
    const auto it = std::ranges::find(m_tasks, id, &Task::id);
    return it == m_tasks.end() ? nullptr : &*it;
}

int TaskBar::begin(const QString &text, std::function<void()> cancel)
{
    m_tasks.push_back({m_nextId, text, std::move(cancel)});
    showSoon();
    return m_nextId++;
}

void TaskBar::setProgress(int id, qint64 done, qint64 total)
{
    if (Task *of = task(id)) {
        of->done = done;
        of->total = total;
        showSoon();
    }
}

void TaskBar::setText(int id, const QString &text)
{
    if (Task *of = task(id)) {
        of->text = text;
        showSoon();
    }
}

void TaskBar::end(int id)
{
    std::erase_if(m_tasks, [id](const Task &each) { return each.id == id; });
    if (m_tasks.empty())
        show();
    else
        showSoon();
}

void TaskBar::note(const QString &text)
{
    m_note = text;
    const int number = ++m_notes;
    QTimer::singleShot(noteMs, this, [this, number] {
        if (number == m_notes) {
            m_note.clear();
            show();
        }
    });
    show();
}

/// What is done in a moment need not be told of, and need not be painted.
void TaskBar::showSoon()
{
    if (!m_progress->isHidden())
        show();
    else if (!m_delay->isActive())
        m_delay->start();
}

void TaskBar::show()
{
    m_delay->stop();
    const bool isWorking = !m_tasks.empty();
    m_progress->setVisible(isWorking);
    m_stop->setVisible(isWorking && m_tasks.back().cancel);
    if (!isWorking) {
        m_text->setText(m_note);
        return;
    }
    const Task &latest = m_tasks.back();
    m_text->setText(m_tasks.size() == 1 ? latest.text : tr("%1 (and %2 more)").arg(latest.text).arg(m_tasks.size() - 1));
    m_progress->setRange(0, latest.total > 0 ? steps : 0);
    if (latest.total > 0)
        m_progress->setValue(static_cast<int>(steps * static_cast<double>(std::min(latest.done, latest.total)) / static_cast<double>(latest.total)));
    m_stop->setIcon(themedIcon(u"close"_s, &Tokens::muted));
}

} // namespace turnstone
