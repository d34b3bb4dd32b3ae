// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/transfer/transferprogress.h"

#include "views/panels/tasks.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int updateMs = 150;
constexpr int steps = 1000;

} // namespace

TransferProgress::TransferProgress(Tasks &tasks, QWidget *parent)
    : QWidget(parent), m_tasks(tasks), m_text(new QLabel(this)), m_bar(new QProgressBar(this)), m_stopButton(new QPushButton(tr("S&top"), this))
{
    setObjectName(u"transferProgress"_s);
    m_text->setObjectName(u"transferProgressText"_s);
    m_bar->setObjectName(u"transferProgressBar"_s);
    m_bar->setAccessibleName(tr("Progress"));
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(metrics::space2);
    m_stopButton->setObjectName(u"transferStop"_s);
    m_stopButton->setAccessibleName(tr("Stop"));
    m_stopButton->setAutoDefault(false);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::space3);
    layout->addWidget(m_bar, 1);
    layout->addWidget(m_text);
    layout->addWidget(m_stopButton);
    connect(m_stopButton, &QPushButton::clicked, this, &TransferProgress::stop);
    connect(&m_timer, &QTimer::timeout, this, &TransferProgress::update);
    hide();
}

TransferProgress::~TransferProgress()
{
    stop();
    end();
}

std::shared_ptr<TransferState> TransferProgress::begin(const QString &what)
{
    m_stop = std::stop_source();
    m_state = std::make_shared<TransferState>();
    m_since.start();
    m_task = m_tasks.begin(what, [source = m_stop]() mutable { source.request_stop(); });
    m_bar->setRange(0, 0);
    m_text->clear();
    m_timer.start(updateMs);
    show();
    return m_state;
}

void TransferProgress::stop()
{
    m_stop.request_stop();
}

void TransferProgress::end()
{
    if (m_task < 0)
        return;
    m_timer.stop();
    m_tasks.end(m_task);
    m_task = -1;
    hide();
}

void TransferProgress::update()
{
    const qint64 rows = m_state->rows;
    const double fraction = m_state->fraction;
    const double seconds = static_cast<double>(m_since.elapsed()) / 1000;
    const QLocale locale;
    QString text = tr("%1 rows").arg(locale.toString(rows));
    if (seconds > 0.5)
        text += tr(" · %1/s").arg(locale.toString(static_cast<qint64>(static_cast<double>(rows) / seconds)));
    if (fraction > 0.001 && fraction < 1 && seconds > 0.5)
        text += tr(" · %1 s left").arg(locale.toString(static_cast<qint64>(seconds / fraction - seconds + 0.5)));
    m_text->setText(text);
    if (fraction >= 0) {
        m_bar->setRange(0, steps);
        m_bar->setValue(static_cast<int>(fraction * steps));
        m_tasks.setProgress(m_task, static_cast<qint64>(fraction * steps), steps);
    }
}

} // namespace turnstone
