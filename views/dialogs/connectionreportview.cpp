// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/dialogs/connectionreportview.h"

#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int factsInARow = 2;

QLabel *selectableLabel(const QString &name, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

void tint(QWidget *widget, const QColor &color)
{
    QPalette colors;
    colors.setColor(QPalette::WindowText, color);
    widget->setPalette(colors);
}

} // namespace

ConnectionReportView::ConnectionReportView(QWidget *parent)
    : QWidget(parent), m_running(new QWidget(this)), m_runningText(new QLabel(m_running)), m_message(new MessageBar(this)), m_facts(new QWidget(this)),
      m_verdict(selectableLabel(u"reportVerdict"_s, m_facts)), m_silent(selectableLabel(u"reportSilentHosts"_s, m_facts)), m_factGrid(new QGridLayout)
{
    setObjectName(u"connectionReport"_s);
    m_running->setObjectName(u"testRunning"_s);
    m_runningText->setObjectName(u"testRunningText"_s);
    m_runningText->setTextFormat(Qt::PlainText);
    m_runningText->setWordWrap(true);
    auto *progress = new QProgressBar(m_running);
    progress->setAccessibleName(tr("The connection is being tested"));
    progress->setRange(0, 0);
    progress->setTextVisible(false);
    progress->setFixedHeight(metrics::space1);
    auto *stop = new QPushButton(tr("Stop"), m_running);
    stop->setObjectName(u"stopTest"_s);
    stop->setAccessibleName(tr("Stop the test"));
    stop->setAutoDefault(false);
    connect(stop, &QPushButton::clicked, this, &ConnectionReportView::stopRequested);
    auto *runningGrid = new QGridLayout(m_running);
    runningGrid->setContentsMargins(0, 0, 0, 0);
    runningGrid->addWidget(m_runningText, 0, 0);
    runningGrid->addWidget(progress, 1, 0);
    runningGrid->addWidget(stop, 0, 1, 2, 1);
    runningGrid->setColumnStretch(0, 1);

    auto *factsLayout = new QVBoxLayout(m_facts);
    factsLayout->setContentsMargins(0, 0, 0, 0);
    factsLayout->setSpacing(metrics::space2);
    factsLayout->addWidget(m_verdict);
    factsLayout->addLayout(m_factGrid);
    factsLayout->addWidget(m_silent);
    m_factGrid->setHorizontalSpacing(metrics::space3);
    m_factGrid->setVerticalSpacing(metrics::space1);
    m_factGrid->setColumnStretch(1, 1);
    m_factGrid->setColumnStretch(3, 1);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_running);
    layout->addWidget(m_message);
    layout->addWidget(m_facts);
    clear();
}

void ConnectionReportView::clear()
{
    m_running->hide();
    m_message->clear();
    m_facts->hide();
}

void ConnectionReportView::showRunning(const QString &place)
{
    clear();
    m_runningText->setText(tr("Connecting to %1…").arg(place));
    m_running->show();
}

void ConnectionReportView::showError(const Error &error)
{
    clear();
    m_message->showError(error);
}

void ConnectionReportView::showNote(const QString &note)
{
    clear();
    m_message->showNote(note);
}

void ConnectionReportView::addFact(const QString &name, const QString &caption, const QString &value)
{
    const int row = m_factCount / factsInARow;
    const int column = 2 * (m_factCount % factsInARow);
    ++m_factCount;
    auto *label = new QLabel(caption, m_facts);
    label->setProperty("isCaption", true);
    m_factGrid->addWidget(label, row, column, Qt::AlignTop | Qt::AlignRight);
    QLabel *text = selectableLabel(name, m_facts);
    text->setText(value);
    m_factGrid->addWidget(text, row, column + 1, Qt::AlignTop);
}

void ConnectionReportView::showReport(const ConnectionReport &report)
{
    clear();
    while (QLayoutItem *item = m_factGrid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_factCount = 0;
    const QLocale locale;
    m_verdict->setText(u"✓ "_s + tr("The server answers in %1 ms.").arg(locale.toString(double(report.latency.count()) / 1000, 'f', 1)));
    addFact(u"reportServer"_s, tr("Server"), report.health.version.section(" on "_L1, 0, 0).section(" ("_L1, 0, 0));
    addFact(u"reportDatabase"_s, tr("Database"), report.health.database);
    addFact(u"reportEncryption"_s, tr("Encryption"), report.isEncrypted ? report.encryption : tr("none"));
    addFact(u"reportUser"_s, tr("User"), report.user);
    addFact(u"reportVector"_s, tr("pgvector"), report.pgvectorVersion.isEmpty() ? tr("not in this database") : report.pgvectorVersion);
    addFact(u"reportAccess"_s, tr("Access"),
            report.isStandby ? tr("read only, a standby") : report.isReadOnly ? tr("read only") : tr("read and write"));
    m_silent->setText(report.silentHosts.join(u'\n'));
    m_silent->setVisible(!report.silentHosts.isEmpty());
    applyColors();
    m_facts->show();
}

void ConnectionReportView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        applyColors();
    QWidget::changeEvent(event);
}

void ConnectionReportView::applyColors()
{
    const Tokens &tokens = Tokens::of(palette());
    tint(m_verdict, tokens.good);
    tint(m_silent, tokens.warn);
    const QList<QLabel *> labels = m_facts->findChildren<QLabel *>();
    for (QLabel *label : labels)
        if (label->property("isCaption").toBool())
            tint(label, tokens.muted);
}

} // namespace turnstone
