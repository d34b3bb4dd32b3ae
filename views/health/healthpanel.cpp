// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/health/healthpanel.h"

#include "models/core/async.h"
#include "views/panels/tasks.h"
#include "views/panels/writeguard.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QTabWidget>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostColumnWidth = 420;
constexpr qint64 bigFileBytes = 1024LL * 1024 * 1024;

QString databaseOf(const SessionPool &pool)
{
    return pool.url().parameter(u"dbname"_s);
}

} // namespace

HealthPanel::HealthPanel(const PanelServices &services, DatabaseContext context, QWidget *parent)
    : Panel(std::move(context), parent), m_services(services), m_parts(stateParts(Panel::context().catalog->engine)), m_message(new MessageBar(this)), m_tabs(new QTabWidget(this))
{
    setObjectName(u"healthPanel"_s);
    m_tabs->setObjectName(u"stateParts"_s);
    m_tabs->setDocumentMode(true);
    for (const StatePart &part : m_parts) {
        auto *page = new QWidget(m_tabs);
        auto *about = new QLabel(page);
        about->setWordWrap(true);
        about->setForegroundRole(QPalette::PlaceholderText);
        auto *table = new QTableWidget(page);
        table->setObjectName(u"state."_s + part.title);
        table->setAccessibleName(part.title);
        table->setEditTriggers(QAbstractItemView::NoEditTriggers);
        table->setShowGrid(false);
        table->setFrameShape(QFrame::NoFrame);
        table->setSelectionBehavior(QAbstractItemView::SelectRows);
        table->verticalHeader()->hide();
        table->verticalHeader()->setDefaultSectionSize(rowHeight());
        table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        table->horizontalHeader()->setStretchLastSection(true);
        table->setWordWrap(false);
        auto *layout = new QVBoxLayout(page);
        about->setContentsMargins(metrics::space3, metrics::space2, metrics::space3, metrics::space2);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
        layout->addWidget(about);
        layout->addWidget(table, 1);
        m_tabs->addTab(page, part.title);
        m_tables.push_back(table);
        m_abouts.push_back(about);
    }
    auto *tidy = new QToolButton(this);
    tidy->setObjectName(u"maintenance"_s);
    tidy->setText(tr("Maintenance"));
    tidy->setAccessibleName(tr("Maintenance"));
    tidy->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(tidy);
    for (const Maintenance &each : maintenanceOf(Panel::context().catalog->engine, databaseOf(*Panel::context().pool)))
        menu->addAction(each.title + u'…', this, [this, each] { ask(each); })->setObjectName(u"maintenance."_s + each.id);
    tidy->setMenu(menu);
    auto *again = new QToolButton(this);
    again->setObjectName(u"readState"_s);
    again->setText(tr("Read again"));
    again->setAccessibleName(tr("Read the state again"));
    connect(again, &QToolButton::clicked, this, &HealthPanel::reload);
    auto *bar = new QHBoxLayout;
    bar->setSpacing(metrics::space2);
    bar->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
    bar->addWidget(tidy);
    bar->addWidget(again);
    bar->addStretch(1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addLayout(bar);
    layout->addWidget(m_tabs, 1);
    m_isDue.assign(m_parts.size(), false);
    connect(m_tabs, &QTabWidget::currentChanged, this, [this](int tab) {
        if (tab >= 0 && m_isDue[static_cast<std::size_t>(tab)])
            read(static_cast<std::size_t>(tab));
    });
    reload();
}

HealthPanel::~HealthPanel()
{
    m_stop.request_stop();
    if (m_task != 0)
        m_services.tasks.end(m_task);
}

void HealthPanel::reload()
{
    const QString path = context().pool->url().filePath();
    const bool isBig = !path.isEmpty() && QFileInfo(path).size() > bigFileBytes;
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        m_isDue[i] = m_parts[i].isSlow && isBig; // reads every page: not before somebody looks
        if (!m_isDue[i] || m_tabs->currentIndex() == static_cast<int>(i))
            read(i);
    }
}

void HealthPanel::read(std::size_t part)
{
    m_isDue[part] = false;
    m_abouts[part]->setText(tr("Reading…"));
    const auto job = [read = m_parts[part].read](Connection &connection) -> Result<StateSection> { return read(connection); };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this, part](const Result<StateSection> &section) {
        if (section)
            showPart(part, *section);
        else
            m_message->showError(section.error());
        if (static_cast<int>(part) == std::max(m_tabs->currentIndex(), 0))
            emit settled();
    });
}

void HealthPanel::showPart(std::size_t part, const StateSection &section)
{
    const Tokens &tokens = Tokens::of(palette());
    QTableWidget *table = m_tables[part];
    QString about = section.about;
    if (!section.problem.isEmpty())
        about = tr("This could not be read: %1").arg(section.problem);
    else if (section.rows.empty())
        about += u' ' + tr("There is nothing to show.");
    m_abouts[part]->setText(about);
    table->clear();
    table->setColumnCount(static_cast<int>(section.columns.size()));
    table->setHorizontalHeaderLabels(section.columns);
    table->setRowCount(static_cast<int>(section.rows.size()));
    // Facts stand in two columns that need no names.
    table->horizontalHeader()->setVisible(section.isNumber.size() != 2 || section.isNumber[0] || section.isNumber[1]);
    int doubtful = 0;
    for (int row = 0; row < static_cast<int>(section.rows.size()); ++row) {
        const QStringList &cells = section.rows[static_cast<std::size_t>(row)];
        const bool isDoubtful = section.isDoubtful[static_cast<std::size_t>(row)];
        doubtful += isDoubtful ? 1 : 0;
        for (int column = 0; column < static_cast<int>(cells.size()); ++column) {
            auto *item = new QTableWidgetItem(cells[column]);
            item->setToolTip(cells[column]);
            const bool isFigure = section.isNumber.size() > static_cast<std::size_t>(column) && section.isNumber[static_cast<std::size_t>(column)];
            item->setTextAlignment((isFigure ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
            if (isDoubtful)
                item->setForeground(tokens.warn);
            table->setItem(row, column, item);
        }
    }
    for (int column = 0; column < table->columnCount(); ++column) {
        if (section.isNumber.size() > static_cast<std::size_t>(column) && section.isNumber[static_cast<std::size_t>(column)])
            table->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    table->horizontalHeader()->setStretchLastSection(section.isNumber.empty() || !section.isNumber.back()); // figures stand beside the others
    table->resizeColumnsToContents();
    for (int column = 0; column < table->columnCount(); ++column)
        table->setColumnWidth(column, std::min(table->columnWidth(column) + metrics::space3, mostColumnWidth));
    m_tabs->setTabText(static_cast<int>(part), doubtful > 0 ? tr("%1 (%2)").arg(section.title).arg(doubtful) : section.title);
}

QVariantMap HealthPanel::saveState() const
{
    return {{u"page"_s, m_tabs->currentIndex()}};
}

void HealthPanel::restoreState(const QVariantMap &state)
{
    m_tabs->setCurrentIndex(std::clamp(state.value(u"page"_s).toInt(), 0, m_tabs->count() - 1));
}

void HealthPanel::copy(const QString &)
{
    const auto *table = m_tables[static_cast<std::size_t>(std::max(m_tabs->currentIndex(), 0))];
    QStringList lines;
    for (int row = 0; row < table->rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < table->columnCount(); ++column)
            cells.append(table->item(row, column) ? table->item(row, column)->text() : QString());
        lines.append(cells.join(u'\t'));
    }
    QApplication::clipboard()->setText(lines.join(u'\n'));
}

bool HealthPanel::isRefused(const Maintenance &maintenance)
{
    const QString no = maintenance.writes ? writeRefusal(context()) : QString();
    if (!no.isEmpty())
        m_message->showNote(tr("%1 writes. %2").arg(maintenance.title, no));
    return !no.isEmpty();
}

void HealthPanel::ask(const Maintenance &maintenance)
{
    if (m_task != 0) {
        m_message->showNote(tr("Something is being done already; wait for it or stop it in the status bar."));
        return;
    }
    if (isRefused(maintenance))
        return;
    auto *box = new QMessageBox(QMessageBox::Question, maintenance.title, tr("%1 of %2?").arg(maintenance.title, context().pool->url().displayText()), QMessageBox::NoButton, this);
    box->setObjectName(u"askMaintenance"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(maintenance.about + u"\n\n"_s + maintenance.sql);
    box->addButton(maintenance.title, QMessageBox::AcceptRole);
    box->addButton(tr("Leave it"), QMessageBox::RejectRole);
    connect(box, &QMessageBox::buttonClicked, this, [this, box, maintenance](QAbstractButton *button) {
        if (box->buttonRole(button) == QMessageBox::AcceptRole && !isRefused(maintenance))
            run(maintenance);
    });
    box->open();
}

void HealthPanel::run(const Maintenance &maintenance)
{
    auto stop = std::make_shared<std::stop_source>();
    m_task = m_services.tasks.begin(maintenance.title, [stop] { stop->request_stop(); });
    const auto job = [sql = maintenance.sql](Connection &connection) -> Result<QStringList> {
        QElapsedTimer timer;
        timer.start();
        QStringList lines;
        const Result<> done = connection.forEachRow(sql, {}, [&lines](const RowBlock &block, int row) {
            QStringList cells;
            for (int i = 0; i < block.columnCount(); ++i)
                cells.append(Value(block.at(row, i)).toDisplayText());
            lines.append(cells.join(u' '));
            return true;
        });
        if (!done)
            return failure(done);
        lines.prepend(HealthPanel::tr("%1 s").arg(static_cast<double>(timer.elapsed()) / 1000, 0, 'f', 1));
        return lines;
    };
    const auto finish = [this, maintenance](const Result<QStringList> &lines) {
        m_services.tasks.end(std::exchange(m_task, 0));
        if (!lines) {
            m_message->showError(lines.error());
            return;
        }
        const QString time = lines->front();
        const QStringList said = lines->mid(1);
        if (maintenance.id == u"integrity" && said != QStringList{u"ok"_s})
            m_message->showError(Error{ErrorCode::Corrupt, tr("The check found %1 things wrong: %2").arg(said.size()).arg(said.value(0)), said.join(u'\n'), -1});
        else
            m_message->showNote(tr("%1: done in %2.").arg(maintenance.title, time));
        reload();
    };
    if (maintenance.writes)
        onResult(context().pool->runOnWriter(job, stop->get_token()), this, finish);
    else
        onResult(context().pool->read(job, stop->get_token()), this, finish);
}

PanelKind healthPanelKind()
{
    PanelKind kind;
    kind.id = u"state"_s;
    kind.title = HealthPanel::tr("Stat&e");
    kind.icon = u"health"_s;
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &, QWidget *parent) -> Panel * { return new HealthPanel(services, context, parent); };
    return kind;
}

} // namespace turnstone
