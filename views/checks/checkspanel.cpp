// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/checks/checkspanel.h"

#include "models/core/async.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QAbstractTextDocumentLayout>
#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QTextBlock>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

enum Column { What, Count, Where, ColumnCount };
constexpr int findingRole = Qt::UserRole + 1; // index of the finding
constexpr int rowRole = Qt::UserRole + 2;     // index of the sample's row
constexpr int whereWidth = 260;
constexpr int mostFixLines = 12; // further ones are scrolled to

QString severityText(FindingSeverity severity)
{
    switch (severity) {
    case FindingSeverity::Error: return ChecksPanel::tr("Error");
    case FindingSeverity::Warning: return ChecksPanel::tr("Warning");
    case FindingSeverity::Note: break;
    }
    return ChecksPanel::tr("Note");
}

} // namespace

ChecksPanel::ChecksPanel(DatabaseContext context, QWidget *parent)
    : Panel(std::move(context), parent), m_message(new MessageBar(this)), m_list(new QTreeWidget(this)), m_empty(new QLabel(this)), m_state(new QLabel(this)), m_explanation(new QLabel(this)),
      m_fix(new QPlainTextEdit(this)), m_repairs(new QHBoxLayout), m_openFix(new QPushButton(this)), m_stopButton(new QToolButton(this)), m_progress(new QProgressBar(this)), m_details(new QWidget(this))
{
    setObjectName(u"checksPanel"_s);
    build();
    reload();
}

ChecksPanel::~ChecksPanel()
{
    m_stop.request_stop();
}

void ChecksPanel::build()
{
    m_list->setObjectName(u"findings"_s);
    m_list->setAccessibleName(tr("Findings"));
    m_list->setColumnCount(ColumnCount);
    m_list->setHeaderLabels({tr("Finding"), tr("Rows"), tr("Where")});
    m_list->headerItem()->setTextAlignment(Count, Qt::AlignRight | Qt::AlignVCenter);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformRowHeights(true);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(What, QHeaderView::Stretch);
    m_list->header()->setSectionResizeMode(Count, QHeaderView::ResizeToContents);
    m_list->setColumnWidth(Where, scaled(whereWidth));
    m_list->setTextElideMode(Qt::ElideRight);
    m_empty->setObjectName(u"emptySentence"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setText(tr("Checking…"));
    m_state->setObjectName(u"checksState"_s);
    m_state->setForegroundRole(QPalette::PlaceholderText);
    m_explanation->setObjectName(u"explanation"_s);
    m_explanation->setWordWrap(true);
    m_explanation->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_fix->setObjectName(u"fix"_s);
    m_fix->setAccessibleName(tr("What would repair it"));
    m_fix->setReadOnly(true);
    m_fix->setFont(fixedFont());
    m_fix->setFrameShape(QFrame::NoFrame);
    m_fix->installEventFilter(this);
    m_openFix->setObjectName(u"openFix"_s);
    m_openFix->setText(tr("Open in SQL"));
    m_openFix->setAccessibleName(tr("Open the repair in SQL"));
    m_stopButton->setObjectName(u"stopChecks"_s);
    m_stopButton->setText(tr("Stop"));
    m_stopButton->setAccessibleName(tr("Stop the checks"));
    m_progress->setObjectName(u"checksProgress"_s);
    m_progress->setAccessibleName(tr("Progress of the checks"));
    m_progress->setMaximumSize(140, metrics::space3);
    m_progress->setTextVisible(false);
    auto *details = new QVBoxLayout(m_details);
    details->setContentsMargins(metrics::space3, metrics::space2, metrics::space3, metrics::space2);
    details->addWidget(m_explanation);
    details->addWidget(m_fix);
    auto *fixBar = new QHBoxLayout;
    fixBar->setSpacing(metrics::space2);
    m_repairs->setSpacing(metrics::space2);
    fixBar->addLayout(m_repairs);
    fixBar->addWidget(m_openFix);
    fixBar->addStretch(1);
    details->addLayout(fixBar);
    details->addStretch();
    m_details->hide();
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_list);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(metrics::space2);
    foot->setContentsMargins(metrics::space3, metrics::space1, metrics::space3, metrics::space1);
    foot->addWidget(m_state, 1);
    foot->addWidget(m_progress);
    foot->addWidget(m_stopButton);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addWidget(m_empty, 1);
    layout->addWidget(splitter, 1);
    layout->addLayout(foot);
    m_list->hide();
    splitter->setObjectName(u"checksSplitter"_s);
    splitter->hide();
    connect(m_list, &QTreeWidget::currentItemChanged, this, &ChecksPanel::showFinding);
    connect(m_list, &QTreeWidget::itemActivated, this, &ChecksPanel::open);
    connect(m_stopButton, &QToolButton::clicked, this, [this] { m_stop.request_stop(); });
    connect(m_openFix, &QPushButton::clicked, this, [this] { emit panelRequested(u"sql"_s, {{u"sql"_s, m_fix->toPlainText()}}); });
}

QString ChecksPanel::title() const
{
    const std::size_t found = m_report.findings.size();
    return found == 0 ? tr("Checks") : tr("Checks (%1)").arg(found);
}

void ChecksPanel::reload()
{
    m_stop.request_stop();
    m_stop = {};
    m_report = {};
    m_shown.clear();
    m_list->clear();
    m_details->hide();
    m_message->clear();
    m_step = 0;
    m_isRunning = true;
    m_checks.emplace(context().catalog, context().profile);
    m_progress->setRange(0, static_cast<int>(m_checks->steps().size()));
    m_progress->show();
    m_stopButton->show();
    next();
}

void ChecksPanel::next()
{
    if (m_step >= m_checks->steps().size())
        return finish();
    const CheckStep step = m_checks->steps()[m_step];
    m_progress->setValue(static_cast<int>(m_step));
    m_state->setText(step.title);
    const auto job = [run = step.run](Connection &connection) { return run(connection); };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this, step, stop = m_stop.get_token()](Result<std::vector<Finding>> found) {
        if (stop.stop_requested()) {
            if (stop == m_stop.get_token())
                finish();
            return;
        }
        const std::vector<Finding> shown = found ? *found : std::vector<Finding>();
        if (const Result<> added = m_report.add(step, std::move(found)); !added) {
            m_message->showError(added.error(), tr("Try again"));
            return finish();
        }
        add(shown);
        ++m_step;
        next();
    });
}

void ChecksPanel::add(const std::vector<Finding> &findings)
{
    const Tokens &tokens = Tokens::of(palette());
    for (const Finding &finding : findings) {
        m_empty->hide();
        findChild<QSplitter *>(u"checksSplitter"_s)->show();
        m_list->show();
        const int number = static_cast<int>(m_shown.size());
        m_shown.push_back(finding);
        auto *item = new QTreeWidgetItem({tr("%1: %2").arg(severityText(finding.severity), finding.title), QLocale().toString(static_cast<qlonglong>(finding.count)),
                                          finding.column.isEmpty() ? finding.table : finding.table + u'.' + finding.column});
        item->setData(What, findingRole, number);
        item->setSizeHint(What, QSize(0, rowHeight()));
        item->setTextAlignment(Count, Qt::AlignRight | Qt::AlignVCenter);
        item->setToolTip(What, finding.explanation);
        item->setForeground(What, finding.severity == FindingSeverity::Error ? tokens.bad : finding.severity == FindingSeverity::Warning ? tokens.warn : tokens.muted);
        for (int row = 0; row < static_cast<int>(finding.sample.size()); ++row) {
            const FindingRow &sample = finding.sample[static_cast<std::size_t>(row)];
            QStringList key;
            for (const Value &value : sample.key)
                key.append(value.toDisplayText());
            auto *child = new QTreeWidgetItem(item, {sample.text.isEmpty() ? key.join(u" · "_s) : sample.text, QString(), key.join(u" · "_s)});
            child->setData(What, findingRole, number);
            child->setData(What, rowRole, row);
            child->setToolTip(What, tr("Go to the record"));
        }
        // Errors first, notes last.
        int place = 0;
        while (place < m_list->topLevelItemCount() && m_shown[static_cast<std::size_t>(m_list->topLevelItem(place)->data(What, findingRole).toInt())].severity <= finding.severity)
            ++place;
        m_list->insertTopLevelItem(place, item);
        item->setExpanded(finding.severity != FindingSeverity::Note);
        if (m_shown.size() == 1)
            m_list->setCurrentItem(item);
    }
    if (!findings.empty())
        emit titleChanged();
}

void ChecksPanel::finish()
{
    m_isRunning = false;
    m_progress->hide();
    m_stopButton->hide();
    const bool isStopped = m_step < m_checks->steps().size();
    QString text = tr("%1 checks · findings: %2 · notes: %3").arg(m_report.checked).arg(m_report.findings.size()).arg(m_report.notes.size());
    if (!m_report.skipped.empty())
        text += tr(", %1 could not be made: %2").arg(m_report.skipped.size()).arg(m_report.skipped.front().title + u" – "_s + m_report.skipped.front().reason);
    if (isStopped)
        text = tr("%1, stopped").arg(text);
    m_state->setText(m_shown.empty() && m_report.skipped.empty() && !isStopped ? QString() : text);
    if (m_shown.empty())
        m_empty->setText(isStopped ? tr("The checks were stopped.") : tr("%1 checks, and nothing is wrong.").arg(m_report.checked));
    emit settled();
}

void ChecksPanel::showFinding()
{
    const QTreeWidgetItem *item = m_list->currentItem();
    m_details->setVisible(item != nullptr);
    if (item == nullptr)
        return;
    const Finding &finding = m_shown[static_cast<std::size_t>(item->data(What, findingRole).toInt())];
    QString text = finding.explanation;
    if (const ProfileAction *action = finding.fixAction.isEmpty() ? nullptr : context().profile->action(finding.fixAction))
        text += u"\n\n"_s + tr("Repaired by \"%1\".").arg(action->title) + (action->about.isEmpty() ? QString() : u' ' + action->about);
    else if (finding.fixSql.isEmpty() && finding.repairs.empty())
        text += u"\n\n"_s + tr("There is no repair that fits every case: look at the rows.");
    m_explanation->setText(text.trimmed());
    m_fix->setPlainText(finding.fixSql);
    fitFix();
    m_fix->setVisible(!finding.fixSql.isEmpty());
    m_openFix->setVisible(!finding.fixSql.isEmpty());
    showRepairs(finding);
}

/// As high as its lines.
void ChecksPanel::fitFix()
{
    const QAbstractTextDocumentLayout *layout = m_fix->document()->documentLayout();
    qreal height = 0;
    for (QTextBlock block = m_fix->document()->firstBlock(); block.isValid(); block = block.next())
        height += layout->blockBoundingRect(block).height();
    const int line = m_fix->fontMetrics().lineSpacing();
    const int margin = static_cast<int>(m_fix->document()->documentMargin()) + m_fix->frameWidth();
    m_fix->setFixedHeight(std::clamp(static_cast<int>(std::ceil(height)), line, mostFixLines * line) + 2 * margin + metrics::space1);
}

bool ChecksPanel::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_fix && event->type() == QEvent::Resize)
        fitFix();
    return Panel::eventFilter(watched, event);
}

void ChecksPanel::showRepairs(const Finding &finding)
{
    while (const QLayoutItem *old = m_repairs->takeAt(0)) {
        old->widget()->hide();
        old->widget()->deleteLater();
        delete old;
    }
    for (std::size_t i = 0; i < finding.repairs.size(); ++i) {
        const ProfileAction &action = finding.repairs[i];
        auto *button = new QPushButton(this);
        button->setObjectName(u"repair.%1"_s.arg(i));
        button->setText(tr("%1…").arg(action.title));
        button->setToolTip(action.about);
        connect(button, &QPushButton::clicked, this, [this, finding, action] { repair(finding, action); });
        m_repairs->addWidget(button);
    }
}

void ChecksPanel::repair(const Finding &finding, const ProfileAction &action)
{
    if (action.rows != u"selection") {
        emit actionRequested(action, {});
        return;
    }
    using Keys = std::vector<RowKey>;
    const auto job = [sql = finding.keysSql, values = finding.keysValues](Connection &connection) -> Result<Keys> {
        Keys keys;
        const Result<> read = connection.forEachRow(sql, values, [&keys](const RowBlock &block, int row) {
            RowKey &key = keys.emplace_back();
            for (int i = 0; i < block.columnCount(); ++i)
                key.emplace_back(block.at(row, i));
            return true;
        });
        return read ? Result<Keys>(std::move(keys)) : failure(read);
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this, action](const Result<Keys> &keys) {
        if (keys)
            emit actionRequested(action, *keys);
        else
            m_message->showError(keys.error());
    });
}

void ChecksPanel::open(QTreeWidgetItem *item, int)
{
    const QVariant row = item->data(What, rowRole);
    const Finding &finding = m_shown[static_cast<std::size_t>(item->data(What, findingRole).toInt())];
    if (finding.table.isEmpty())
        return;
    const QString schema = context().catalog->engine == Engine::Sqlite ? u"main"_s : finding.schema;
    emit placeRequested(context().id, TablePlace{schema, finding.table, {}}, row.isValid() ? finding.sample[static_cast<std::size_t>(row.toInt())].key : RowKey());
}

void ChecksPanel::copy(const QString &)
{
    QStringList lines;
    for (const Finding &finding : m_shown)
        lines.append(u"%1\t%2\t%3\t%4.%5"_s.arg(severityName(finding.severity), QString::number(finding.count), finding.title, finding.table, finding.column));
    QApplication::clipboard()->setText(lines.join(u'\n'));
}

PanelKind checksPanelKind()
{
    PanelKind kind;
    kind.id = u"checks"_s;
    kind.title = ChecksPanel::tr("Chec&ks");
    kind.icon = u"checks"_s;
    kind.make = [](const PanelServices &, const DatabaseContext &context, const QVariantMap &, QWidget *parent) -> Panel * { return new ChecksPanel(context, parent); };
    return kind;
}

} // namespace turnstone
